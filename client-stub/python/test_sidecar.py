"""A Python application against a real sidecar: across a restart and a flip. Run it with: python test_sidecar.py"""

import array
import math
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import uuid

import crossfade_stubs

LAUNCHER = os.environ.get("CROSSFADE", str(pathlib.Path(__file__).resolve().parents[2] / "crossfade"))
TIMEOUT = 120
DIMENSIONS = 384
COLLECTION = "products"
TEXTS = {
    "shoe": "red running shoes for a marathon",
    "kettle": "an electric kettle that boils water quickly",
    "novel": "a detective novel set in old Vienna",
    "tent": "a light tent for two people in the mountains",
}
CONFIG = """
data_dir: {directory}
spaces:
  minilm: {{model: all-MiniLM-L6-v2, dimensions: 384, metric: cosine,
            embedder: {{type: onnx, artifact: all-minilm-l6-v2-q}}}}
  bge: {{model: bge-small-en-v1.5, dimensions: 384, metric: cosine,
         query_prefix: "Represent this sentence for searching relevant passages: ",
         embedder: {{type: onnx, artifact: bge-small-en-v15-q}}}}
indexes:
  products-v1: {{driver: lucene, vectors: {{"": {{space: minilm}}}}}}
  products-v2: {{driver: lucene, vectors: {{"": {{space: bge}}}}}}
collections:
  products: {{index: products-v1}}
listeners: {{data: "127.0.0.1:{data}", admin: "127.0.0.1:{admin}", ops: "127.0.0.1:{ops}"}}
"""


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def unit_vector(seed):
    rng = random.Random(seed)
    values = [rng.gauss(0, 1) for _ in range(DIMENSIONS)]
    length = math.sqrt(sum(value * value for value in values))
    return [value / length for value in values]


def f32le(values):
    floats = array.array("f", values)
    if sys.byteorder == "big":
        floats.byteswap()
    return floats.tobytes()


class Sidecar:
    """A sidecar process on fixed ports, so that it can be killed and started again."""

    def __init__(self, directory):
        data, admin, ops = free_ports(3)
        self.data = f"127.0.0.1:{data}"
        self.admin = f"127.0.0.1:{admin}"
        self._config = pathlib.Path(directory) / "crossfade.yaml"
        self._config.write_text(CONFIG.format(directory=directory, data=data, admin=admin, ops=ops))
        self._log = open(pathlib.Path(directory) / "sidecar.log", "ab")
        self._process = None

    def start(self):
        command = [LAUNCHER, "serve", "--config", str(self._config)]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=subprocess.STDOUT)

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self):
        self.kill()
        self._log.close()


class SidecarTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stubs = crossfade_stubs.Stubs()
        cls.addClassCleanup(cls.stubs.close)

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="crossfade-python-")
        self.addCleanup(directory.cleanup)
        self.sidecar = Sidecar(directory.name)
        self.addCleanup(self.sidecar.close)
        self.sidecar.start()
        self.vectors = self.stub(self.sidecar.data, self.stubs.vector_grpc.VectorServiceStub)
        self.admin = self.stub(self.sidecar.admin, self.stubs.admin_grpc.AdminServiceStub)

    def stub(self, target, make):
        channel = crossfade_stubs.connect(target)
        self.addCleanup(channel.close)
        return make(channel)

    def call(self, method, request):
        return method(request, timeout=TIMEOUT, wait_for_ready=True)

    def named_vector(self, space, values):
        dense = self.stubs.document.DenseVector(f32le=f32le(values))
        return self.stubs.document.NamedVector(space=space, dense=dense)

    def both_spaces(self, seed):
        return [self.named_vector("minilm", unit_vector(seed)), self.named_vector("bge", unit_vector(seed + 1))]

    def document_with_vectors(self):
        return self.stubs.document.Document(
            id="by-vector",
            text="found by its vectors",
            vectors=self.both_spaces(7),
            metadata={"price": self.stubs.document.Value(int64_value=2**60 + 1)},
        )

    def upsert(self, *documents):
        request = self.stubs.vector.UpsertRequest(
            collection=COLLECTION, documents=documents, write_id=str(uuid.uuid4())
        )
        response = self.call(self.vectors.Upsert, request)
        applied = self.stubs.vector.WriteResult.LEADER_APPLIED
        self.assertEqual([result.leader for result in response.results], [applied] * len(documents))

    def query(self, **what):
        request = self.stubs.vector.QueryRequest(collection=COLLECTION, top_k=1, **what)
        response = self.call(self.vectors.Query, request)
        return response.index, response.space, [hit.document.id for hit in response.hits]

    def assert_found(self, index, space):
        for key, text in TEXTS.items():
            self.assertEqual(self.query(text=text), (index, space, [key]))
        self.assertEqual(self.query(vectors=self.both_spaces(7)), (index, space, ["by-vector"]))

    def flip(self):
        admin = self.stubs.admin
        self.call(self.admin.StartMigration, admin.StartMigrationRequest(collection=COLLECTION, to_index="products-v2"))
        # Only now does an index keep the vector of the second space; without it the sidecar would embed the text.
        self.upsert(self.document_with_vectors())
        watch = self.call(self.admin.WatchMigration, admin.WatchMigrationRequest(collection=COLLECTION))
        for status in watch:
            if status.backfill.state == admin.BackfillStatus.STATE_DONE:
                watch.cancel()
                break
        progress = list(self.call(self.admin.Verify, admin.VerifyRequest(collection=COLLECTION)))
        self.assertTrue(progress[-1].done and progress[-1].clean, progress[-1])
        step = self.call(self.admin.FlipRoute, admin.FlipRouteRequest(collection=COLLECTION, reason="python test"))
        self.assertEqual(step.phase, self.stubs.phase.PHASE_REVERSED, step)

    def test_search_across_a_restart_and_a_flip(self):
        self.upsert(*(self.stubs.document.Document(id=key, text=text) for key, text in TEXTS.items()))
        self.upsert(self.document_with_vectors())
        self.assert_found("products-v1", "minilm")

        self.sidecar.kill()
        restart = threading.Timer(1, self.sidecar.start)
        restart.start()
        self.addCleanup(restart.join)
        self.assert_found("products-v1", "minilm")

        self.flip()
        self.assert_found("products-v2", "bge")
        key = self.stubs.document.Key(id="by-vector")
        fetched = self.call(self.vectors.Fetch, self.stubs.vector.FetchRequest(collection=COLLECTION, keys=[key]))
        self.assertEqual(fetched.documents[0].metadata["price"].int64_value, 2**60 + 1)

        self.sidecar.kill()
        self.sidecar.start()
        self.assert_found("products-v2", "bge")
        count = self.call(self.vectors.Count, self.stubs.vector.CountRequest(collection=COLLECTION))
        self.assertEqual(count.count, len(TEXTS) + 1)


if __name__ == "__main__":
    unittest.main()
