"""The engine's own protobuf classes, for tests alone.

Importing them imports the library, which asks `uname` through a pipe that it never closes: here the answer is given.
"""

import io
import os
from typing import Any

import pytest

with pytest.MonkeyPatch.context() as patch:
    patch.setattr(os, "popen", lambda _: io.StringIO("Linux"))
    from neonize.proto import Neonize_pb2
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

neonize: Any = Neonize_pb2
"""Its enums are typed so that no number fits, and the wire carries any."""

__all__ = ["e2e", "neonize"]
