"""`Resources` over a folder of manifests: what `kubectl` is in a cluster, an editor and `rm` are here.

Several processes share the folder, so whoever reads it also completes it, under one lock: a manifest without uid gets
one, the last valid text of each is kept in `.accepted`, and a file that became invalid is refused by name while its
accepted text stays in force, as an API server would do it. Trade-off: changes are found by looking, three times a
second, which costs a few `stat` calls and works on every file system.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from recado_core.ids import new_id
from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.port import AnyResource, Resource
from recado_local.layout import write_atomically
from recado_local.resources import manifests
from recado_local.resources.manifests import ManifestError

POLL_SECONDS = 0.3
Signature = tuple[tuple[str, int, int, int], ...]


class FolderResources:
    def __init__(self, folder: Path, new_uid: Callable[[], UUID] = new_id) -> None:
        self._folder = folder
        self._accepted = folder / ".accepted"
        self._departed = folder / ".departed"
        self._status = folder / ".status"
        self._new_uid = new_uid
        self._seen: Signature | None = None
        self._known: list[Resource] = []
        for directory in (self._accepted, self._departed, self._status):
            directory.mkdir(parents=True, exist_ok=True)

    async def list(self, kind: type[AnyResource]) -> Sequence[AnyResource]:
        return await asyncio.to_thread(self._list, kind)

    async def apply(self, resource: AnyResource) -> AnyResource:
        return await asyncio.to_thread(self._apply, resource)

    async def delete(self, resource: Resource) -> None:
        await asyncio.to_thread(self._delete, resource.metadata.name)

    async def write_status(self, resource: Resource) -> None:
        path = self._status / f"{resource.metadata.name}.yaml"
        write_atomically(path, manifests.dump_status(resource), mode=0o644)

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - as the port says
        deadline = time.monotonic() + timeout
        while self._signature() == self._seen and (left := deadline - time.monotonic()) > 0:  # noqa: ASYNC110 - files
            await asyncio.sleep(min(POLL_SECONDS, left))

    def departed(self) -> Mapping[UUID, WhatsAppConnection]:
        """The last manifest of each connection whose manifest is gone and whose rest has not been removed yet."""
        gone = [manifests.parse(path.read_text(), path.stem) for path in self._departed.glob("*.yaml")]
        connections = [resource for resource in gone if isinstance(resource, WhatsAppConnection)]
        return {resource.metadata.uid: resource for resource in connections if resource.metadata.uid is not None}

    def bury(self, uid: UUID) -> None:
        """Nothing is left of a departed connection: forget its last manifest too."""
        for path in self._departed.glob("*.yaml"):
            if str(uid) in path.read_text():
                path.unlink(missing_ok=True)

    def free(self, name: str) -> bool:
        """Companies and connections share their names here, because a name is a file."""
        return not (self._folder / f"{name}.yaml").exists()

    def refusals(self) -> Mapping[str, str]:
        """Why the manifests that are refused at present are refused, by name."""
        return {path.stem: path.read_text() for path in self._status.glob("*.refused")}

    def _list(self, kind: type[AnyResource]) -> Sequence[AnyResource]:
        if self._signature() != self._seen:
            with self._locked():
                seen = self._signature()  # before reading: what changes meanwhile is found by the next look
                found = [self._complete(path) for path in self._manifests()]
                self._part_with_missing()
            self._seen = seen
            self._known = [resource for resource in found if resource is not None]
        return [self._with_status(resource) for resource in self._known if isinstance(resource, kind)]

    def _complete(self, path: Path) -> Resource | None:
        """The resource of `path`; its accepted text when the present one is refused; None when there is neither."""
        name, accepted = path.stem, self._read_accepted(path.stem)
        refused = self._status / f"{name}.refused"
        try:
            text = path.read_text()
            resource = manifests.parse(text, name)
            if accepted is not None:
                manifests.check_same(accepted, resource)
            if resource.metadata.uid is None:
                uid = accepted.metadata.uid if accepted and accepted.metadata.uid else self._new_uid()
                text = manifests.with_uid(text, uid)
                _write_manifest(path, text)
                resource = manifests.parse(text, name)
        except FileNotFoundError:
            return accepted
        except (ManifestError, OSError, UnicodeDecodeError) as error:
            write_atomically(refused, f"{error}\n", mode=0o644)
            return accepted
        refused.unlink(missing_ok=True)
        if accepted != resource:
            write_atomically(self._accepted / path.name, text)
        return resource

    def _part_with_missing(self) -> None:
        present = {path.name for path in self._manifests()}
        for path in self._accepted.glob("*.yaml"):
            if path.name not in present:
                self._part_with(path)
        for path in self._status.glob("*.*"):
            if f"{path.stem}.yaml" not in present:
                path.unlink(missing_ok=True)

    def _part_with(self, accepted: Path) -> None:
        """A connection leaves something to clear away; of a company the database keeps everything."""
        if isinstance(manifests.parse(accepted.read_text(), accepted.stem), Company):
            accepted.unlink()
        else:
            accepted.rename(self._departed / accepted.name)

    def _apply(self, resource: AnyResource) -> AnyResource:
        name = resource.metadata.name
        with self._locked():
            if (accepted := self._read_accepted(name)) is not None and (self._folder / f"{name}.yaml").exists():
                manifests.check_same(accepted, resource)
                resource = _with_uid(resource, accepted.metadata.uid)
            resource = _with_uid(resource, self._new_uid())
            text = manifests.dump(resource)
            write_atomically(self._accepted / f"{name}.yaml", text)
            _write_manifest(self._folder / f"{name}.yaml", text)
        return resource

    def _delete(self, name: str) -> None:
        with self._locked():
            (self._folder / f"{name}.yaml").unlink(missing_ok=True)
            self._part_with_missing()

    def _read_accepted(self, name: str) -> Resource | None:
        with suppress(FileNotFoundError):
            return manifests.parse((self._accepted / f"{name}.yaml").read_text(), name)
        return None

    def _with_status(self, resource: AnyResource) -> AnyResource:
        with suppress(FileNotFoundError):
            return manifests.with_status(resource, (self._status / f"{resource.metadata.name}.yaml").read_text())
        return resource

    def _manifests(self) -> Sequence[Path]:
        return sorted(path for path in self._folder.glob("*.yaml") if not path.name.startswith("."))

    def _signature(self) -> Signature:
        with os.scandir(self._folder) as entries:
            files = [entry for entry in entries if entry.name.endswith(".yaml") and not entry.name.startswith(".")]
        signed: list[tuple[str, int, int, int]] = []
        for file in files:
            with suppress(FileNotFoundError):
                told = file.stat()
                signed.append((file.name, told.st_mtime_ns, told.st_size, told.st_ino))
        return tuple(sorted(signed))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _with_uid(resource: AnyResource, uid: UUID | None) -> AnyResource:
    if resource.metadata.uid is not None:
        return resource
    return replace(resource, metadata=replace(resource.metadata, uid=uid))


def _write_manifest(path: Path, text: str) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    write_atomically(path, text, mode=mode)
