"""Stubs of the Crossfade API, generated from the proto files, and a channel with the right settings."""

import importlib
import json
import pathlib
import sys
import tempfile

import grpc
import grpc_tools
from grpc_tools import protoc

PROTO_ROOT = pathlib.Path(__file__).resolve().parents[2] / "proto" / "src" / "main" / "proto"
MAX_MESSAGE_BYTES = 32 << 20

_RETRY_UNAVAILABLE = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{"service": "crossfade.v1.VectorService"}],
                "waitForReady": True,
                "retryPolicy": {
                    "maxAttempts": 5,
                    "initialBackoff": "0.2s",
                    "maxBackoff": "2s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }
)


class Stubs:
    """The generated modules. Lives as long as the temporary directory that holds them."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="crossfade-stubs-")
        self._generate()
        sys.path.insert(0, self._directory.name)
        self.document = importlib.import_module("crossfade.v1.document_pb2")
        self.phase = importlib.import_module("crossfade.v1.phase_pb2")
        self.vector = importlib.import_module("crossfade.v1.vector_service_pb2")
        self.vector_grpc = importlib.import_module("crossfade.v1.vector_service_pb2_grpc")
        self.admin = importlib.import_module("crossfade.v1.admin_service_pb2")
        self.admin_grpc = importlib.import_module("crossfade.v1.admin_service_pb2_grpc")

    def _generate(self):
        well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
        files = sorted(str(path) for path in PROTO_ROOT.rglob("*.proto"))
        arguments = ["protoc", f"-I{PROTO_ROOT}", f"-I{well_known}"]
        arguments += [f"--python_out={self._directory.name}", f"--grpc_python_out={self._directory.name}"]
        if protoc.main(arguments + files) != 0:
            raise RuntimeError(f"protoc failed for {PROTO_ROOT}")

    def close(self):
        sys.path.remove(self._directory.name)
        self._directory.cleanup()


def connect(target, name=""):
    """A channel that finds a restarted sidecar at once and takes messages of any size the API allows.

    The sidecar knows the client by its name, and names it if it does not send what a migration needs.
    """
    return grpc.insecure_channel(
        target,
        options=[
            *([("grpc.primary_user_agent", name)] if name else []),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.min_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 500),
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
            ("grpc.service_config", _RETRY_UNAVAILABLE),
        ],
    )
