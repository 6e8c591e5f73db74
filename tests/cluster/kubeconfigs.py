"""Kubeconfig files: who talks to which API server. JSON is YAML, so no writer is needed."""

import base64
import json
from pathlib import Path
from typing import NamedTuple


class Access(NamedTuple):
    """An API server as somebody may use it."""

    server: str
    token: str
    authority: Path

    def write(self, path: Path, namespace: str = "default") -> Path:
        """Writes the kubeconfig, readable for us only, and answers its path."""
        authority = base64.b64encode(self.authority.read_bytes()).decode()
        named = {"cluster": "recado", "user": "recado", "namespace": namespace}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": "recado", "cluster": {"server": self.server, "certificate-authority-data": authority}}
            ],
            "users": [{"name": "recado", "user": {"token": self.token}}],
            "contexts": [{"name": "recado", "context": named}],
            "current-context": "recado",
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(config, indent=1) + "\n")
        return path
