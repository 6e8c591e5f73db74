"""Our responder against an initiator written here from the Noise specification."""

import pytest

from recado_simulator.crypto.curve import KeyPair
from recado_simulator.transport.noise import CipherState, HandshakeError, Responder, SymmetricState
from recado_simulator.wire.network_pb2 import HandshakeMessage

PROLOGUE = b"WA\x06\x03"


class Initiator:
    def __init__(self, prologue: bytes = PROLOGUE) -> None:
        self.static, self._ephemeral = KeyPair.generate(), KeyPair.generate()
        self._state = SymmetricState(prologue)
        self.certificate = b""

    def hello(self) -> bytes:
        self._state.authenticate(self._ephemeral.public)
        message = HandshakeMessage()
        message.client_hello.ephemeral = self._ephemeral.public
        return message.SerializeToString()

    def finish(self, answer: bytes, payload: bytes) -> tuple[bytes, CipherState, CipherState]:
        hello = HandshakeMessage.FromString(answer).server_hello
        self._state.authenticate(hello.ephemeral)
        self._state.mix(self._ephemeral.agree(hello.ephemeral))
        self._state.mix(self._ephemeral.agree(self._state.decrypt(hello.static)))
        self.certificate = self._state.decrypt(hello.payload)
        message = HandshakeMessage()
        message.client_finish.static = self._state.encrypt(self.static.public)
        self._state.mix(self.static.agree(hello.ephemeral))
        message.client_finish.payload = self._state.encrypt(payload)
        return message.SerializeToString(), *self._state.split()


def shake(initiator: Initiator, responder: Responder) -> tuple[bytes, tuple[CipherState, ...], tuple[CipherState, ...]]:
    frame, writing, reading = initiator.finish(responder.hello(initiator.hello()), b"payload")
    payload, *ciphers = responder.finish(frame)
    return payload, (writing, reading), tuple(ciphers)


def responder() -> Responder:
    return Responder(KeyPair.generate(), b"certificate", PROLOGUE)


def test_a_handshake_and_frames_both_ways() -> None:
    initiator, server = Initiator(), responder()
    payload, (writing, reading), (server_reading, server_writing) = shake(initiator, server)
    assert payload == b"payload"
    assert server.client_static == initiator.static.public
    assert initiator.certificate == b"certificate"
    for number in range(3):
        assert server_reading.decrypt(writing.encrypt(b"up %d" % number)) == b"up %d" % number
        assert reading.decrypt(server_writing.encrypt(b"down")) == b"down"


def test_frames_out_of_order_are_refused() -> None:
    _, (writing, _), (server_reading, _) = shake(Initiator(), responder())
    writing.encrypt(b"lost")
    with pytest.raises(HandshakeError, match="out of order"):
        server_reading.decrypt(writing.encrypt(b"second"))


def test_another_prologue_is_refused() -> None:
    with pytest.raises(HandshakeError):
        shake(Initiator(b"WA\x06\x02"), responder())


def test_a_hello_without_key_is_refused() -> None:
    with pytest.raises(HandshakeError, match="ephemeral"):
        responder().hello(HandshakeMessage().SerializeToString())
