from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from recado_simulator.crypto.curve import KeyPair, derive
from recado_simulator.crypto.xeddsa import sign, verify


def test_both_sides_agree() -> None:
    ours, theirs = KeyPair.generate(), KeyPair.generate()
    assert ours.agree(theirs.public) == theirs.agree(ours.public)


@given(st.binary(max_size=64), st.integers(1, 200), st.binary(max_size=20), st.binary(min_size=1, max_size=40))
def test_derivation_is_hkdf(secret: bytes, length: int, info: bytes, salt: bytes) -> None:
    assert derive(secret, length, info=info, salt=salt) == HKDF(SHA256(), length, salt, info).derive(secret)


@given(st.binary(max_size=200))
@settings(max_examples=15, deadline=None)
def test_a_signature_holds_for_its_key_and_message_only(message: bytes) -> None:
    signer = KeyPair.generate()
    signature = sign(signer.private, message)
    assert verify(signer.public, message, signature)
    assert not verify(signer.public, message + b"!", signature)
    assert not verify(KeyPair.generate().public, message, signature)
    assert not verify(signer.public, message, bytes([signature[0] ^ 1]) + signature[1:])


def test_the_key_that_has_no_edwards_form_is_refused() -> None:
    minus_one = (2**255 - 20).to_bytes(32, "little")
    assert not verify(minus_one, b"message", bytes(64))
