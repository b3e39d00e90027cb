"""A TEST DOUBLE of a Qdrant server: Qdrant's own engine (qdrant-edge-py, its segments, filters, payload operations and WAL, in
this process) behind the gRPC services that Qdrant's Python client ships. It is no Qdrant server.

Real here, because it is the engine's code: what is stored and read back, filters with and without payload indexes, payload
operations, scroll order, scores, normalised vectors, errors of a missing point or a wrong vector, collections that are opened again.

Not real, because it is written below: collections and their settings, metadata of a collection, codes of errors, the order of
operations under load (one lock for each collection), time limits, strict mode (kept and told, never enforced). Not there at all:
shards, replicas, consensus, optimizers that run by themselves, rate limits, snapshots, aliases. So it shows nothing of
durability, of late requests, or of concurrency.

usage: qdrant_double.py --dir DIR [--port 0] [--api-key KEY] [--cert FILE --key FILE]
Prints "listening PORT" once it serves, and ends with its standard input.
"""
import argparse
import concurrent.futures
import math
import os
import re
import shutil
import sys
import threading
import urllib.parse

import grpc
import numpy
import qdrant_edge as edge
from qdrant_client import grpc as q

VERSION = "1.18.0"
DISTANCES = {
    q.Cosine: edge.Distance.Cosine,
    q.Dot: edge.Distance.Dot,
    q.Euclid: edge.Distance.Euclid,
    q.Manhattan: edge.Distance.Manhattan,
}
INDEX_TYPES = {
    q.FieldTypeKeyword: (edge.PayloadSchemaType.Keyword, q.Keyword),
    q.FieldTypeInteger: (edge.PayloadSchemaType.Integer, q.Integer),
    q.FieldTypeFloat: (edge.PayloadSchemaType.Float, q.Float),
    q.FieldTypeGeo: (edge.PayloadSchemaType.Geo, q.Geo),
    q.FieldTypeText: (edge.PayloadSchemaType.Text, q.Text),
    q.FieldTypeBool: (edge.PayloadSchemaType.Bool, q.Bool),
    q.FieldTypeDatetime: (edge.PayloadSchemaType.Datetime, q.Datetime),
    q.FieldTypeUuid: (edge.PayloadSchemaType.Uuid, q.Uuid),
}


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def refused_as(error):
    """The status that a server gives to what its engine says."""
    text = str(error)
    if "No point with id" in text:
        return grpc.StatusCode.NOT_FOUND, "Not found: " + text
    if re.search("dimension|vector name|Wrong input|JSON path|json number|Expected", text, re.I):
        return grpc.StatusCode.INVALID_ARGUMENT, "Wrong input: " + text
    return grpc.StatusCode.INTERNAL, "Service internal error: " + text


# Messages to the engine's types and back.


def from_value(value):
    kind = value.WhichOneof("kind")
    if kind is None or kind == "null_value":
        return None
    if kind == "struct_value":
        return from_map(value.struct_value.fields)
    if kind == "list_value":
        return [from_value(each) for each in value.list_value.values]
    if kind == "double_value" and not math.isfinite(value.double_value):
        raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "cannot convert to json number")
    return getattr(value, kind)


def from_map(fields):
    return {key: from_value(value) for key, value in fields.items()}


def to_value(value):
    if value is None:
        return q.Value(null_value=q.NULL_VALUE)
    if isinstance(value, bool):
        return q.Value(bool_value=value)
    if isinstance(value, int):
        return q.Value(integer_value=value) if value < 1 << 63 else q.Value(double_value=float(value))
    if isinstance(value, float):
        return q.Value(double_value=value)
    if isinstance(value, str):
        return q.Value(string_value=value)
    if isinstance(value, dict):
        return q.Value(struct_value=q.Struct(fields=to_map(value)))
    return q.Value(list_value=q.ListValue(values=[to_value(each) for each in value]))


def to_map(payload):
    return {key: to_value(value) for key, value in (payload or {}).items()}


def from_id(point_id):
    kind = point_id.WhichOneof("point_id_options")
    if kind is None:
        raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "Empty ID is not allowed")
    return getattr(point_id, kind)


def to_id(point_id):
    return q.PointId(num=point_id) if isinstance(point_id, int) else q.PointId(uuid=str(point_id))


def from_vector(vector):
    kind = vector.WhichOneof("vector")
    if kind == "dense":
        return list(vector.dense.data)
    if kind is None and vector.data:
        return list(vector.data)
    raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "Expected a dense vector")


def from_vectors(vectors):
    kind = vectors.WhichOneof("vectors_options")
    if kind is None:
        raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "Expected some vectors")
    if kind == "vector":
        return {"": from_vector(vectors.vector)}
    return {name: from_vector(vector) for name, vector in vectors.vectors.vectors.items()}


def to_vectors(vectors):
    if vectors is None:
        return None
    if isinstance(vectors, list):
        return q.VectorsOutput(vector=q.VectorOutput(dense=q.DenseVector(data=vectors)))
    named = {name: q.VectorOutput(dense=q.DenseVector(data=vector)) for name, vector in vectors.items()}
    return q.VectorsOutput(vectors=q.NamedVectorsOutput(vectors=named))


def from_match(match):
    kind = match.WhichOneof("match_value")
    value = getattr(match, kind)
    if kind == "boolean":
        return edge.MatchValue(numpy.bool_(value))  # the binding takes Python's for a whole number
    if kind in ("keyword", "integer"):
        return edge.MatchValue(value)
    if kind in ("keywords", "integers"):
        return edge.MatchAny(list(value.strings if kind == "keywords" else value.integers))
    if kind in ("except_keywords", "except_integers"):
        return edge.MatchExcept(list(value.strings if kind == "except_keywords" else value.integers))
    if kind == "text":
        return edge.MatchText(value)
    raise Refused(grpc.StatusCode.UNIMPLEMENTED, "test double: match " + kind)


def from_range(bounds):
    return edge.RangeFloat(**{name: getattr(bounds, name) for name in ("lt", "gt", "gte", "lte") if bounds.HasField(name)})


def from_condition(condition):
    kind = condition.WhichOneof("condition_one_of")
    if kind == "filter":
        return from_filter(condition.filter)
    if kind == "has_id":
        return edge.HasIdCondition({from_id(each) for each in condition.has_id.has_id})
    if kind == "is_empty":
        return edge.IsEmptyCondition(condition.is_empty.key)
    if kind == "is_null":
        return edge.IsNullCondition(condition.is_null.key)
    if kind == "field" and condition.field.HasField("match"):
        return edge.FieldCondition(condition.field.key, match=from_match(condition.field.match))
    if kind == "field" and condition.field.HasField("range"):
        return edge.FieldCondition(condition.field.key, range=from_range(condition.field.range))
    raise Refused(grpc.StatusCode.UNIMPLEMENTED, "test double: condition " + str(kind))


def from_filter(message):
    parts = {name: [from_condition(each) for each in getattr(message, name)] for name in ("must", "should", "must_not")}
    return edge.Filter(**{name: conditions for name, conditions in parts.items() if conditions})


def filter_of(request):
    return from_filter(request.filter) if request.HasField("filter") else None


def payload_of(selector):
    kind = selector.WhichOneof("selector_options")
    if kind == "include":
        return edge.PayloadSelector.Include(list(selector.include.fields))
    if kind == "exclude":
        return edge.PayloadSelector.Exclude(list(selector.exclude.fields))
    return bool(selector.enable)


def vectors_of(selector):
    return list(selector.include.names) if selector.WhichOneof("selector_options") == "include" else bool(selector.enable)


def ids_of(selector):
    if selector.WhichOneof("points_selector_one_of") != "points":
        raise Refused(grpc.StatusCode.UNIMPLEMENTED, "test double: points by filter")
    return [from_id(each) for each in selector.points.ids]


def retrieved(record):
    return q.RetrievedPoint(id=to_id(record.id), payload=to_map(record.payload), vectors=to_vectors(record.vector))


class Collection:
    """One shard of the engine, and beside it the settings with which it was made."""

    def __init__(self, path, config, indexes, shard):
        self.path, self.config, self.indexes, self.shard = path, config, indexes, shard
        self.lock = threading.Lock()
        self.operations = 0

    @staticmethod
    def create(path, request):
        vectors = request.vectors_config
        params = dict(vectors.params_map.map) if vectors.HasField("params_map") else {"": vectors.params}
        for name, each in params.items():
            if each.size < 1:
                raise Refused(grpc.StatusCode.INVALID_ARGUMENT, f"vector {name!r}: size {each.size}")
        os.makedirs(os.path.join(path, "shard"))
        made = {name: edge.EdgeVectorParams(each.size, DISTANCES[each.distance]) for name, each in params.items()}
        shard = edge.EdgeShard.create(os.path.join(path, "shard"), edge.EdgeConfig(vectors=made))
        config = q.CollectionConfig(
            params=q.CollectionParams(
                shard_number=request.shard_number or 1,
                replication_factor=request.replication_factor or 1,
                write_consistency_factor=request.write_consistency_factor or 1,
                vectors_config=vectors,
            ),
            metadata=request.metadata,
        )
        for name in ("sparse_vectors_config", "sharding_method"):
            if request.HasField(name):
                target = getattr(request, name)
                if name == "sharding_method":
                    config.params.sharding_method = target
                else:
                    config.params.sparse_vectors_config.CopyFrom(target)
        config.optimizer_config.CopyFrom(request.optimizers_config)
        if request.HasField("strict_mode_config"):
            config.strict_mode_config.CopyFrom(request.strict_mode_config)
        made = Collection(path, config, {}, shard)
        made.keep()
        return made

    @staticmethod
    def load(path):
        config, indexes = q.CollectionConfig(), {}
        with open(os.path.join(path, "config"), "rb") as file:
            config.ParseFromString(file.read())
        with open(os.path.join(path, "indexes"), encoding="utf-8") as file:
            for line in file:
                kind, name = line.rstrip("\n").split(" ", 1)
                indexes[urllib.parse.unquote(name)] = int(kind)
        return Collection(path, config, indexes, edge.EdgeShard.load(os.path.join(path, "shard")))

    def keep(self):
        lines = "".join(f"{kind} {urllib.parse.quote(name)}\n" for name, kind in self.indexes.items())
        for name, content in (("config", self.config.SerializeToString()), ("indexes", lines.encode())):
            with open(os.path.join(self.path, name + ".new"), "wb") as file:
                file.write(content)
            os.replace(os.path.join(self.path, name + ".new"), os.path.join(self.path, name))

    def update(self, *operations):
        with self.lock:
            for operation in operations:
                self.shard.update(operation)
            self.operations += len(operations)
            return q.UpdateResult(operation_id=self.operations, status=q.Completed)


class Store:
    def __init__(self, directory):
        self.directory = directory
        self.lock = threading.Lock()
        self.collections = {
            urllib.parse.unquote(name): Collection.load(os.path.join(directory, name)) for name in os.listdir(directory)
        }

    def __getitem__(self, name):
        collection = self.collections.get(name)
        if collection is None:
            raise Refused(grpc.StatusCode.NOT_FOUND, f"Not found: Collection `{name}` doesn't exist!")
        return collection

    def create(self, request):
        with self.lock:
            if request.collection_name in self.collections:
                message = f"Wrong input: Collection `{request.collection_name}` already exists!"
                raise Refused(grpc.StatusCode.ALREADY_EXISTS, message)
            path = os.path.join(self.directory, urllib.parse.quote(request.collection_name, safe=""))
            self.collections[request.collection_name] = Collection.create(path, request)

    def delete(self, name):
        with self.lock:
            collection = self.collections.pop(name, None)
            if collection is not None:
                with collection.lock:
                    collection.shard.close()
                    shutil.rmtree(collection.path)
            return collection is not None


def served(method):
    """What a method refuses, and what the engine says, becomes the call's status."""

    def serve(self, request, context):
        try:
            return method(self, request)
        except Refused as refused:
            context.abort(refused.code, str(refused))
        except Exception as error:  # pylint: disable=broad-except
            context.abort(*refused_as(error))

    return serve


class Collections(q.CollectionsServicer):
    def __init__(self, store):
        self.store = store

    @served
    def Get(self, request):
        collection = self.store[request.collection_name]
        info = collection.shard.info()
        schema = {}
        for name, kind in collection.indexes.items():
            found = info.payload_schema.get(name)
            schema[name] = q.PayloadSchemaInfo(data_type=INDEX_TYPES[kind][1], points=found.points if found else 0)
        return q.GetCollectionInfoResponse(
            result=q.CollectionInfo(
                status=q.Green,
                optimizer_status=q.OptimizerStatus(ok=True),
                segments_count=info.segments_count,
                points_count=info.points_count,
                indexed_vectors_count=info.indexed_vectors_count,
                config=collection.config,
                payload_schema=schema,
            )
        )

    @served
    def List(self, request):
        names = [q.CollectionDescription(name=name) for name in self.store.collections]
        return q.ListCollectionsResponse(collections=names)

    @served
    def CollectionExists(self, request):
        exists = request.collection_name in self.store.collections
        return q.CollectionExistsResponse(result=q.CollectionExists(exists=exists))

    @served
    def Create(self, request):
        self.store.create(request)
        return q.CollectionOperationResponse(result=True)

    @served
    def Update(self, request):
        collection = self.store[request.collection_name]
        with collection.lock:
            for key, value in request.metadata.items():
                if value.WhichOneof("kind") == "null_value":
                    collection.config.metadata.pop(key, None)
                else:
                    collection.config.metadata[key].CopyFrom(value)
            collection.keep()
        return q.CollectionOperationResponse(result=True)

    @served
    def Delete(self, request):
        return q.CollectionOperationResponse(result=self.store.delete(request.collection_name))


class Points(q.PointsServicer):
    def __init__(self, store):
        self.store = store

    def written(self, request, *operations):
        return q.PointsOperationResponse(result=self.store[request.collection_name].update(*operations))

    @served
    def Upsert(self, request):
        return self.written(request, upsert(request.points))

    @served
    def Delete(self, request):
        return self.written(request, edge.UpdateOperation.delete_points(ids_of(request.points)))

    @served
    def UpdateVectors(self, request):
        return self.written(request, update_vectors(request.points))

    @served
    def SetPayload(self, request):
        return self.written(request, set_payload(request))

    @served
    def OverwritePayload(self, request):
        operation = edge.UpdateOperation.overwrite_payload
        return self.written(request, operation(ids_of(request.points_selector), from_map(request.payload)))

    @served
    def DeletePayload(self, request):
        return self.written(request, delete_payload(request))

    @served
    def CreateFieldIndex(self, request):
        collection = self.store[request.collection_name]
        result = collection.update(
            edge.UpdateOperation.create_field_index(request.field_name, INDEX_TYPES[request.field_type][0])
        )
        with collection.lock:
            collection.indexes[request.field_name] = request.field_type
            collection.keep()
        return q.PointsOperationResponse(result=result)

    @served
    def UpdateBatch(self, request):
        """Operation by operation, and none after the first that fails: as a server does."""
        collection = self.store[request.collection_name]
        results = []
        for each in request.operations:
            kind = each.WhichOneof("operation")
            part = getattr(each, kind)
            if kind == "update_vectors":
                operation = update_vectors(part.points)
            elif kind == "set_payload":
                operation = set_payload(part)
            elif kind == "delete_payload":
                operation = delete_payload(part)
            elif kind == "upsert":
                operation = upsert(part.points)
            else:
                raise Refused(grpc.StatusCode.UNIMPLEMENTED, "test double: operation " + str(kind))
            results.append(collection.update(operation))
        return q.UpdateBatchResponse(result=results)

    @served
    def Get(self, request):
        shard = self.store[request.collection_name].shard
        ids = [from_id(each) for each in request.ids]
        found = shard.retrieve(ids, payload_of(request.with_payload), vectors_of(request.with_vectors))
        return q.GetResponse(result=[retrieved(each) for each in found])

    @served
    def Scroll(self, request):
        asked = {"with_payload": payload_of(request.with_payload), "with_vector": vectors_of(request.with_vectors)}
        if request.HasField("offset"):
            asked["offset"] = from_id(request.offset)
        limit = request.limit if request.HasField("limit") else 10
        found, following = self.store[request.collection_name].shard.scroll(
            edge.ScrollRequest(limit=limit, filter=filter_of(request), **asked)
        )
        after = None if following is None else to_id(following)
        return q.ScrollResponse(result=[retrieved(each) for each in found], next_page_offset=after)

    @served
    def Count(self, request):
        shard = self.store[request.collection_name].shard
        count = shard.count(edge.CountRequest(exact=True, filter=filter_of(request)))
        return q.CountResponse(result=q.CountResult(count=count))

    @served
    def Query(self, request):
        vector = list(request.query.nearest.dense.data)
        params = request.params
        ef = params.hnsw_ef if params.HasField("hnsw_ef") else None
        hits = self.store[request.collection_name].shard.query(
            edge.QueryRequest(
                limit=request.limit if request.HasField("limit") else 10,
                offset=request.offset,
                query=edge.Query.Nearest(vector, using=request.using),
                filter=filter_of(request),
                params=edge.SearchParams(hnsw_ef=ef, exact=params.exact),
                with_payload=payload_of(request.with_payload),
                with_vector=vectors_of(request.with_vectors),
            )
        )
        return q.QueryResponse(
            result=[
                q.ScoredPoint(
                    id=to_id(hit.id),
                    payload=to_map(hit.payload),
                    score=hit.score,
                    version=hit.version,
                    vectors=to_vectors(hit.vector),
                )
                for hit in hits
            ]
        )


def upsert(points):
    return edge.UpdateOperation.upsert_points(
        [edge.Point(from_id(each.id), from_vectors(each.vectors), from_map(each.payload)) for each in points]
    )


def update_vectors(points):
    changed = [edge.PointVectors(from_id(each.id), from_vectors(each.vectors)) for each in points]
    return edge.UpdateOperation.update_vectors(changed)


def set_payload(request):
    key = request.key if request.HasField("key") else None
    return edge.UpdateOperation.set_payload(ids_of(request.points_selector), from_map(request.payload), key)


def delete_payload(request):
    selector = request.points_selector
    if selector.WhichOneof("points_selector_one_of") == "filter":
        return edge.UpdateOperation.delete_payload_by_filter(from_filter(selector.filter), list(request.keys))
    return edge.UpdateOperation.delete_payload(ids_of(request.points_selector), list(request.keys))


class Qdrant(q.QdrantServicer):
    @served
    def HealthCheck(self, request):
        return q.HealthCheckReply(title="test double of a Qdrant server, on qdrant-edge", version=VERSION)


class KeyCheck(grpc.ServerInterceptor):
    def __init__(self, key):
        self.key = key
        self.refusal = grpc.unary_unary_rpc_method_handler(
            lambda request, context: context.abort(grpc.StatusCode.UNAUTHENTICATED, "Invalid API key or JWT")
        )

    def intercept_service(self, continuation, details):
        return continuation(details) if ("api-key", self.key) in details.invocation_metadata else self.refusal


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--dir", required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--api-key", default="")
    options.add_argument("--cert", default="")
    options.add_argument("--key", default="")
    options = options.parse_args()
    os.makedirs(options.dir, exist_ok=True)
    store = Store(options.dir)
    server = grpc.server(
        concurrent.futures.ThreadPoolExecutor(max_workers=8),
        interceptors=[KeyCheck(options.api_key)] if options.api_key else [],
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    q.add_CollectionsServicer_to_server(Collections(store), server)
    q.add_PointsServicer_to_server(Points(store), server)
    q.add_QdrantServicer_to_server(Qdrant(), server)
    address = f"127.0.0.1:{options.port}"
    if options.cert:
        with open(options.key, "rb") as key, open(options.cert, "rb") as cert:
            credentials = grpc.ssl_server_credentials([(key.read(), cert.read())])
        port = server.add_secure_port(address, credentials)
    else:
        port = server.add_insecure_port(address)
    server.start()
    print("listening", port, flush=True)
    sys.stdin.read()
    server.stop(1).wait()


if __name__ == "__main__":
    main()
