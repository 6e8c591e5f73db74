"""Curve25519 key pairs and the key derivation of Signal and Noise, on `cryptography` primitives."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

KEY_LENGTH = 32
DJB_TYPE = b"\x05"
"""Prefix of a Curve25519 public key inside Signal messages."""


@dataclass(frozen=True)
class KeyPair:
    private: bytes

    @classmethod
    def generate(cls) -> "KeyPair":
        private = bytearray(os.urandom(KEY_LENGTH))
        private[0] &= 248
        private[31] &= 127
        private[31] |= 64
        return cls(bytes(private))

    @cached_property
    def _key(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.private)

    @cached_property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def agree(self, public: bytes) -> bytes:
        """The Diffie-Hellman secret with the owner of `public`."""
        return self._key.exchange(X25519PublicKey.from_public_bytes(public))


def derive(secret: bytes, length: int, *, info: bytes = b"", salt: bytes = bytes(KEY_LENGTH)) -> bytes:
    """HKDF-SHA256. Written out, because the object form of the library costs more than the hashing."""
    key = hmac.digest(salt, secret, hashlib.sha256)
    block = derived = b""
    counter = 1
    while len(derived) < length:
        block = hmac.digest(key, block + info + bytes([counter]), hashlib.sha256)
        derived += block
        counter += 1
    return derived[:length]
