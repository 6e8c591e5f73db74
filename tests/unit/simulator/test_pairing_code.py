"""Linking by pairing code, with a client written here from the other side of the protocol."""

import asyncio
import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_simulator.codec.nodes import Attributes, Node, phone_jid
from recado_simulator.crypto import pairing_code
from recado_simulator.crypto.curve import KeyPair
from recado_simulator.crypto.pairing_code import Bundle, WrongCodeError
from recado_simulator.network.candidacy import Candidacy, NotLinkedError
from recado_simulator.network.codes import STAGES, PairingCodeError, typed
from recado_simulator.network.pairing import Candidate
from recado_simulator.simulator import OWNER, Simulator
from recado_simulator.wire.network_pb2 import ClientPayload, SealedDeviceIdentity

CODE = "1A2B3C4D"
CLIENT_KEY = "link_code_pairing_wrapped_companion_ephemeral_pub"
PHONE_KEY = "link_code_pairing_wrapped_primary_ephemeral_pub"
BUNDLE = "link_code_pairing_wrapped_key_bundle"
REFERENCE = "link_code_pairing_ref"


class Client:
    """A client that shows `CODE` and answers the phone as whatsmeow does."""

    def __init__(self, simulator: Simulator) -> None:
        self.identity, self.ephemeral = KeyPair.generate(), KeyPair.generate()
        self.heard: list[Node] = []
        self.secret = b""
        self.vouched = asyncio.Event()
        registration = ClientPayload.PairingRegistration(identity=self.identity.public, signed_key=b"k" * 32)
        self.candidacy = Candidacy(simulator.state, Candidate(b"n" * 32, registration), self._hear)
        self.phone = simulator.state.directory.phone(OWNER[0])

    def ask(self, display: str = "Chrome (Linux)", number: str = OWNER[0]) -> Node:
        children = [
            Node(CLIENT_KEY, {}, pairing_code.wrap(CODE, self.ephemeral.public)),
            Node("companion_platform_display", {}, display.encode()),
        ]
        attributes: Attributes = {"jid": phone_jid(number), "stage": "companion_hello"}
        self.candidacy.hear(Node("iq", {"id": "1", "type": "set"}, [Node(STAGES, attributes, children)]))
        return self.heard[-1]

    def _hear(self, node: Node) -> None:
        self.heard.append(node)
        if node.tag == "notification":
            self._finish(node)
        if node.find("pair-success"):
            self.vouched.set()

    def _finish(self, hello: Node) -> None:
        key, reference = hello.find(STAGES, PHONE_KEY), hello.find(STAGES, REFERENCE)
        phone = hello.find(STAGES, "primary_identity_pub")
        assert key
        assert reference
        assert phone
        shared, chance = self.ephemeral.agree(pairing_code.unwrap(CODE, key.data)), os.urandom(32)
        self.secret = pairing_code.link_secret(shared, self.identity, phone.data, chance)
        sealed = pairing_code.seal(shared, Bundle(self.identity.public, phone.data, chance))
        stage = Node(STAGES, {"stage": "companion_finish"}, [Node(BUNDLE, {}, sealed), reference])
        self.candidacy.hear(Node("iq", {"id": "2", "type": "set"}, [stage]))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    simulator = Simulator(tmp_path)
    yield Client(simulator)
    simulator.store.close()
    simulator.state.ledger.close()


@given(st.text())
def test_what_is_typed_is_a_code_or_refused(text: str) -> None:
    try:
        code = typed(text)
    except PairingCodeError:
        return
    assert re.fullmatch(r"[1-9A-HJ-NP-TV-Z]{8}", code)


@pytest.mark.parametrize("text", ["1A2B3C4D", "1a2b-3c4d", " 1A2B 3C4D "])
def test_dashes_spaces_and_small_letters_do_not_matter(text: str) -> None:
    assert typed(text) == CODE


@pytest.mark.parametrize("text", ["", "1A2B-3C4", "1A2B-3C4D-5", "0A2B-3C4D", "OA2B-3C4D", "1A2B-3C4!"])
def test_what_cannot_be_a_code_is_told(text: str) -> None:
    with pytest.raises(PairingCodeError, match="eight letters"):
        typed(text)


def test_only_the_same_code_opens_a_hidden_key() -> None:
    hidden = pairing_code.wrap(CODE, b"p" * 32)
    assert len(hidden) == pairing_code.WRAPPED_LENGTH
    assert pairing_code.unwrap(CODE, hidden) == b"p" * 32
    assert pairing_code.unwrap("1A2B3C4E", hidden) != b"p" * 32


@pytest.mark.parametrize("sealed", [b"", b"x" * 43, b"x" * 200])
def test_a_bundle_of_somebody_else_is_not_opened(sealed: bytes) -> None:
    with pytest.raises(WrongCodeError):
        pairing_code.unseal(b"s" * 32, sealed)


def test_a_bundle_of_another_length_is_not_taken_apart() -> None:
    sealed = pairing_code.seal(b"s" * 32, Bundle(b"c" * 32, b"p" * 32, b"x"))
    with pytest.raises(WrongCodeError):
        pairing_code.unseal(b"s" * 32, sealed)


def test_a_client_gets_a_reference_for_its_request(client: Client) -> None:
    answer = client.ask()
    assert (answer.text("type"), answer.text("id")) == ("result", "1")
    assert answer.find(STAGES, REFERENCE)
    assert client.candidacy.awaits_code_of(OWNER[0])
    assert not client.candidacy.awaits_code_of("5511900000000")


@pytest.mark.parametrize("display", ["CHROME (LINUX)", "Recado", "Chrome", "Chrome (Plan 9)"])
def test_a_client_with_an_unusual_name_is_refused(client: Client, display: str) -> None:
    answer = client.ask(display)
    assert answer.text("type") == "error"
    error = answer.find("error")
    assert error
    assert error.text("code") == "400"
    assert not client.candidacy.awaits_code_of(OWNER[0])


async def test_both_sides_agree_on_the_secret_that_vouches(client: Client) -> None:
    client.ask()
    linking = asyncio.create_task(client.candidacy.type_code(client.phone, CODE))
    await asyncio.wait_for(client.vouched.wait(), 5)
    told = client.heard[-1].find("pair-success", "device-identity")
    assert told
    sealed = SealedDeviceIdentity.FromString(told.data)
    assert sealed.hmac == hmac.digest(client.secret, sealed.details, hashlib.sha256)
    client.candidacy.leave()
    with pytest.raises(NotLinkedError, match="went away"):
        await linking


async def test_a_wrong_code_is_told_and_the_client_waits_on(client: Client) -> None:
    client.ask()
    with pytest.raises(PairingCodeError, match="not the code"):
        await client.candidacy.type_code(client.phone, "1A2B3C4E")
    assert client.candidacy.awaits_code_of(OWNER[0])
    assert not client.heard[-1].find("pair-success")


async def test_a_client_that_took_another_place_is_not_vouched_for(client: Client) -> None:
    client.ask()
    client.identity = KeyPair.generate()
    with pytest.raises(PairingCodeError, match="not the code"):
        await client.candidacy.type_code(client.phone, CODE)


async def test_one_typing_at_a_time(client: Client) -> None:
    client.ask()
    first = asyncio.create_task(client.candidacy.type_code(client.phone, CODE))
    await asyncio.sleep(0)
    with pytest.raises(NotLinkedError, match="already"):
        await client.candidacy.type_code(client.phone, CODE)
    first.cancel()


async def test_a_client_that_asked_for_nothing_takes_no_code(client: Client) -> None:
    with pytest.raises(NotLinkedError):
        await client.candidacy.type_code(client.phone, CODE)
