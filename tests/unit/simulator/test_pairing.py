import base64
import hashlib
import hmac

import pytest

from recado_simulator.accounts.records import Device, Phone
from recado_simulator.codec.nodes import Node
from recado_simulator.crypto.curve import KeyPair
from recado_simulator.crypto.xeddsa import sign, verify
from recado_simulator.network import pairing
from recado_simulator.network.pairing import Candidate, Qr, QrError
from recado_simulator.wire.network_pb2 import ClientPayload, SealedDeviceIdentity, SignedDeviceIdentity

SECRET = b"s" * 32


@pytest.fixture
def phone() -> Phone:
    identity, signed = KeyPair.generate().private, KeyPair.generate().private
    return Phone(number="5511", lid="99", name="Loja", owner=True, registration_id=1, identity=identity, signed=signed)


@pytest.fixture
def client() -> KeyPair:
    return KeyPair.generate()


@pytest.fixture
def candidate(client: KeyPair) -> Candidate:
    return Candidate(b"n" * 32, ClientPayload.PairingRegistration(identity=client.public, signed_key=b"k" * 32))


def qr_text(candidate: Candidate, prefix: str = "https://wa.me/settings/linked_devices#") -> str:
    keys = [candidate.noise, candidate.registration.identity, SECRET]
    return prefix + ",".join([candidate.references[0], *(base64.b64encode(key).decode() for key in keys), "9"])


@pytest.mark.parametrize("prefix", ["https://wa.me/settings/linked_devices#", "", "  "])
def test_the_text_of_a_code(candidate: Candidate, prefix: str) -> None:
    qr = Qr.parse(qr_text(candidate, prefix))
    assert (qr.reference, qr.secret) == (candidate.references[0], SECRET)
    assert candidate.fits(qr)


def test_the_code_of_another_client_does_not_fit(candidate: Candidate) -> None:
    other = Candidate(b"o" * 32, candidate.registration)
    assert not other.fits(Qr.parse(qr_text(candidate)))


@pytest.mark.parametrize("text", ["", "hello", "https://wa.me/5511", "a,b,c,d", "ref,!!!,AAAA,AAAA"])
def test_other_texts_are_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(QrError, match="Copy"):
        Qr.parse(text)


def test_the_network_vouches_and_the_client_confirms(phone: Phone, client: KeyPair, candidate: Candidate) -> None:
    device = pairing.new_device(phone, candidate)
    vouched = pairing.vouch(phone, device, SECRET).find("pair-success", "device-identity")
    assert vouched
    sealed = SealedDeviceIdentity.FromString(vouched.data)
    assert sealed.hmac == hmac.digest(SECRET, sealed.details, hashlib.sha256)
    signed = SignedDeviceIdentity.FromString(sealed.details)
    account = KeyPair(phone.identity).public
    assert verify(account, b"\x06\x00" + signed.details + client.public, signed.account_signature)
    assert pairing.confirmed(phone, device, _confirmation(signed, client, client.public + account))
    assert not pairing.confirmed(phone, device, _confirmation(signed, KeyPair.generate(), client.public + account))


def _confirmation(identity: SignedDeviceIdentity, signer: KeyPair, keys: bytes) -> Node:
    identity.device_signature = sign(signer.private, b"\x06\x01" + identity.details + keys)
    return Node("iq", {}, [Node("pair-device-sign", {}, [Node("device-identity", {}, identity.SerializeToString())])])


def test_an_error_of_the_client_is_no_confirmation(phone: Phone, candidate: Candidate) -> None:
    device: Device = pairing.new_device(phone, candidate)
    assert not pairing.confirmed(phone, device, Node("iq", {"type": "error"}))
