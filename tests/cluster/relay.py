"""A door into a machine's network: what connects to a port on this machine's loopback reaches an address in there.

`python -m tests.cluster.relay NETWORK PORT HOST PORT` listens before it enters the network namespace, and connects
after it. A socket stays in the network in which it was made; so no interface and no rule joins the two.
"""

import asyncio
import ctypes
import os
import signal
import socket
import sys

CLONE_NEWNET = 0x40000000
LOOPBACK = "127.0.0.1"
CHUNK = 1 << 16


def main(network: str, port: int, target: tuple[str, int]) -> None:
    listener = socket.create_server((LOOPBACK, port))
    enter(network)
    asyncio.run(serve(listener, target))


def enter(network: str) -> None:
    """Moves this thread into the network namespace of that file."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(network, os.O_RDONLY)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {network}")
    finally:
        os.close(descriptor)


async def serve(listener: socket.socket, target: tuple[str, int]) -> None:
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(*target)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    async with await asyncio.start_server(relay, sock=listener) as server:
        await server.serve_forever()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """To the end of what one side says; a broken side breaks the other."""
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.transport.abort()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    main(sys.argv[1], int(sys.argv[2]), (sys.argv[3], int(sys.argv[4])))
