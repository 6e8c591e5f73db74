"""The secrets of linking by a code that a person types: the code hides the keys that both sides exchange, so whoever
does not know it cannot take the place of either. Bytes in and out; no stanzas here.
"""

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from recado_simulator.crypto.curve import KEY_LENGTH, KeyPair, derive

ALPHABET = frozenset("123456789ABCDEFGHJKLMNPQRSTVWXYZ")
CODE_LENGTH = 8
WRAPPED_LENGTH = 80
"""Salt (32), initialisation vector (16), hidden key (32)."""

_ROUNDS = 2 << 16
_SALT = 32
_VECTOR = 16
_NONCE = 12
_BUNDLE_USE = b"link_code_pairing_key_bundle_encryption_key"
_SECRET_USE = b"adv_secret"


class WrongCodeError(Exception):
    """The other side used another code: what it sent cannot be opened."""


def wrap(code: str, public: bytes) -> bytes:
    """`public` hidden under `code`. Takes a tenth of a second, on purpose: codes are short."""
    salt, vector = os.urandom(_SALT), os.urandom(_VECTOR)
    return salt + vector + _apply(code, salt, vector, public)


def unwrap(code: str, wrapped: bytes) -> bytes:
    """The key that `wrap` hid; with another code another key, and no error. As slow as `wrap`."""
    salt, vector, hidden = wrapped[:_SALT], wrapped[_SALT : _SALT + _VECTOR], wrapped[_SALT + _VECTOR :]
    return _apply(code, salt, vector, hidden)


@dataclass(frozen=True)
class Bundle:
    """What the client sends last: both identities and chance of its own."""

    client: bytes
    phone: bytes
    chance: bytes


def seal(shared: bytes, bundle: Bundle) -> bytes:
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    plain = bundle.client + bundle.phone + bundle.chance
    return salt + nonce + AESGCM(derive(shared, KEY_LENGTH, info=_BUNDLE_USE, salt=salt)).encrypt(nonce, plain, None)


def unseal(shared: bytes, sealed: bytes) -> Bundle:
    """Raises WrongCodeError."""
    salt, nonce = sealed[:_SALT], sealed[_SALT : _SALT + _NONCE]
    cipher = AESGCM(derive(shared, KEY_LENGTH, info=_BUNDLE_USE, salt=salt))
    try:
        plain = cipher.decrypt(nonce, sealed[_SALT + _NONCE :], None)
    except (InvalidTag, ValueError) as error:
        raise WrongCodeError from error
    if len(plain) != 3 * KEY_LENGTH:
        raise WrongCodeError
    return Bundle(plain[:KEY_LENGTH], plain[KEY_LENGTH : 2 * KEY_LENGTH], plain[2 * KEY_LENGTH :])


def link_secret(shared: bytes, own: KeyPair, other: bytes, chance: bytes) -> bytes:
    """What a QR code would have carried: the secret that vouches for the new device."""
    return derive(shared + own.agree(other) + chance, KEY_LENGTH, info=_SECRET_USE)


def _apply(code: str, salt: bytes, vector: bytes, data: bytes) -> bytes:
    key = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, _ROUNDS, KEY_LENGTH)
    encryptor = Cipher(AES(key), CTR(vector)).encryptor()
    return encryptor.update(data) + encryptor.finalize()
