"""Serves the built front end beside the API, as nginx does in a cluster: one page application and its hashed files.

Files under /assets/ carry a hash in their name and may be kept for ever; everything else is asked for again each time
(and answered 304). A path without a file ending belongs to the application's router and gets its page.
"""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_CONTENT_POLICY = (
    b"default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob:; "
    b"style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)
SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _CONTENT_POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
FOR_EVER = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"
NOT_BUILT = b"The front end is not built yet. Run: make setup. The API answers under /api all the same.\n"

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


class StaticFiles:
    """An ASGI application over the directory `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - a GET has no body
        if scope["type"] != "http":
            return
        status, headers, body = await asyncio.to_thread(self._answer, scope)
        sent: Headers = [*headers, *SECURITY, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        empty = scope["method"] == "HEAD"
        await send({"type": "http.response.body", "body": b"" if empty else body, "more_body": False})

    def _answer(self, scope: Scope) -> tuple[int, Headers, bytes]:
        if scope["method"] not in {"GET", "HEAD"}:
            return 405, [(b"allow", b"GET, HEAD")], b""
        file = self._find(scope["path"])
        if file is None:
            built = (self._root / "index.html").exists()
            return 404 if built else 503, [_text()], b"There is nothing here.\n" if built else NOT_BUILT
        return _serve(file, _header(scope["headers"], b"if-none-match"))

    def _find(self, path: str) -> Path | None:
        """The file for `path`, or the application's page; never anything outside of `root`."""
        try:
            wanted = (self._root / path.lstrip("/")).resolve()
        except ValueError:  # a NUL in the path
            return None
        if wanted.is_relative_to(self._root) and wanted.is_file():
            return wanted
        page = self._root / "index.html"
        return page if not wanted.suffix and not path.startswith("/assets/") and page.is_file() else None


def _serve(file: Path, known: bytes) -> tuple[int, Headers, bytes]:
    told = file.stat()
    tag = f'"{told.st_mtime_ns:x}-{told.st_size:x}"'.encode()
    kept = FOR_EVER if file.parent.name == "assets" else ASK_AGAIN
    headers: Headers = [(b"etag", tag), (b"cache-control", kept)]
    if known == tag:
        return 304, headers, b""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return 200, [*headers, (b"content-type", (kind + charset).encode())], file.read_bytes()


def _text() -> tuple[bytes, bytes]:
    return b"content-type", b"text/plain; charset=utf-8"


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes:
    return next((value for key, value in headers if key.lower() == name), b"")
