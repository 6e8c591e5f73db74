"""The real engine in a process of its own: neonize as installed, only the pinned Noise root key replaced in memory.

Started with proxy, root key and database file; takes one JSON command a line on stdin and tells what it hears on
stdout, in lines that begin with a mark (the library prints there too). `SSL_CERT_FILE` and `NEONIZE_BOT_TAG` must be
in the environment already: the Go runtime reads them at exec.
"""

import asyncio
import base64
import ctypes
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import neonize.aioze.client as engine
import neonize.aioze.events as kinds
from neonize._binder import ProxySettings
from neonize.events import INT_TO_EVENT
from neonize.proto.Neonize_pb2 import JID
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import ImageMessage, Message
from neonize.utils.enum import ClientType, MediaType, ReceiptType
from neonize.utils.jid import build_jid

MARK = "@@ "
UNDECRYPTABLE = 44
PINNED = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
_WRITABLE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ \S+\s+.*neonize-linux")


def replace_root_key(key: bytes) -> int:
    """Overwrites the pinned key in this process's memory; returns in how many places it stood."""
    places = 0
    for line in Path("/proc/self/maps").read_text().splitlines():
        if found := _WRITABLE.match(line):
            start, end = int(found[1], 16), int(found[2], 16)
            at = ctypes.string_at(start, end - start).find(PINNED)
            if at >= 0:
                ctypes.memmove(start + at, key, len(key))
                places += 1
    return places


def tell(kind: str, **facts: Any) -> None:
    sys.stdout.write(f"\n{MARK}{json.dumps({'kind': kind, **facts})}\n")
    sys.stdout.flush()


def _message(heard: Any) -> dict[str, Any]:
    source, message = heard.Info.MessageSource, heard.Message
    return {
        "id": heard.Info.ID,
        "text": message.conversation or message.extendedTextMessage.text,
        "content": [field.name for field, _ in message.ListFields()],
        "from_me": source.IsFromMe,
        "chat": f"{source.Chat.User}@{source.Chat.Server}",
        "alt": source.SenderAlt.User or source.RecipientAlt.User,
        "name": heard.Info.Pushname,
    }


def _nothing(_heard: Any) -> dict[str, Any]:
    return {}


HEARD: dict[str, tuple[Any, Callable[[Any], dict[str, Any]]]] = {
    "message": (kinds.MessageEv, _message),
    "receipt": (kinds.ReceiptEv, lambda heard: {"ids": list(heard.MessageIDs), "type": heard.Type}),
    "offline_preview": (kinds.OfflineSyncPreviewEv, lambda heard: {"messages": heard.Message}),
    "offline_completed": (kinds.OfflineSyncCompletedEv, lambda heard: {"count": heard.Count}),
    "undecryptable": (INT_TO_EVENT[UNDECRYPTABLE], lambda heard: {"id": heard.Info.ID}),
    "banned": (kinds.TemporaryBanEv, lambda heard: {"code": heard.Code, "expire": heard.Expire}),
    "connect_failure": (kinds.ConnectFailureEv, lambda heard: {"reason": heard.Reason}),
    "logged_out": (kinds.LoggedOutEv, lambda heard: {"on_connect": heard.OnConnect}),
    "connected": (kinds.ConnectedEv, _nothing),
    "disconnected": (kinds.DisconnectedEv, _nothing),
    "replaced": (kinds.StreamReplacedEv, _nothing),
    "outdated": (kinds.ClientOutdatedEv, _nothing),
}


def _teller(kind: str, facts: Callable[[Any], dict[str, Any]]) -> Callable[[Any, Any], Awaitable[None]]:
    async def listener(_client: Any, heard: Any) -> None:
        tell(kind, **facts(heard))

    return listener


class EngineProcess:
    def __init__(self, proxy: str, database: str, device: str) -> None:
        own = JID(User="", RawAgent=0, Device=0, Integrator=0, Server="s.whatsapp.net", IsEmpty=False)
        own.User, _, slot = device.partition(":")
        own.Device = int(slot or 0)
        self._client = engine.NewAClient(database, jid=own if device else None, uuid="contract")
        self._proxy = proxy
        self._running: set[asyncio.Task[None]] = set()
        self._listen()

    def _listen(self) -> None:
        for kind, (event, facts) in HEARD.items():
            self._client.event(event)(_teller(kind, facts))

        async def show(_client: Any, text: bytes) -> None:
            tell("qr", text=text.decode())

        self._client.event.qr(show)

    async def run(self) -> None:
        deaf = await self._client.connect(ProxySettings(self._proxy))
        deaf.add_done_callback(lambda task: tell("deaf", reason=str(task.exception())))
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            task = asyncio.create_task(self._obey(json.loads(line)))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _obey(self, command: dict[str, Any]) -> None:
        try:
            answer = await getattr(self, f"do_{command.pop('do')}")(**command)
        except Exception as error:  # noqa: BLE001 - the test decides what it means
            tell("failed", reason=str(error))
        else:
            tell("done", **answer)

    async def do_send(self, to: str, text: str) -> dict[str, Any]:
        sent = await self._client.send_message(build_jid(to), Message(conversation=text))
        return {"id": sent.ID}

    async def do_read(self, chat: str, ids: list[str]) -> dict[str, Any]:
        user, _, server = chat.partition("@")
        jid = build_jid(user, server)
        await self._client.mark_read(*ids, chat=jid, sender=jid, receipt=ReceiptType.READ)
        return {}

    async def do_exists(self, numbers: list[str]) -> dict[str, Any]:
        found = await self._client.is_on_whatsapp(*numbers)
        return {"found": {one.Query: one.IsIn for one in found}}

    async def do_media(self, data: str) -> dict[str, Any]:
        """Uploads bytes, and downloads them again."""
        sent = await self._client.upload(base64.b64decode(data), MediaType.MediaImage)
        image = ImageMessage(
            URL=sent.url,
            directPath=sent.DirectPath,
            mediaKey=sent.MediaKey,
            fileEncSHA256=sent.FileEncSHA256,
            fileSHA256=sent.FileSHA256,
            fileLength=sent.FileLength,
            mimetype="image/jpeg",
        )
        back = await self._client.download_any(Message(imageMessage=image))
        return {"data": base64.b64encode(back).decode()}

    async def do_code(self, phone: str, browser: str = "Chrome") -> dict[str, Any]:
        kind: Any = SimpleNamespace(name=browser, value=ClientType.CHROME.value)
        code = await self._client.PairPhone(phone, show_push_notification=True, client_type=kind)
        return {"code": code}

    async def do_logout(self) -> dict[str, Any]:
        await self._client.logout()
        return {}


def main() -> None:
    proxy, root_key, database, device = sys.argv[1:]
    if replace_root_key(bytes.fromhex(root_key)) != 1:
        raise SystemExit("The pinned root key is not where it was: check the version of neonize")
    asyncio.run(EngineProcess(proxy, database, device).run())
    os._exit(0)


if __name__ == "__main__":
    main()
