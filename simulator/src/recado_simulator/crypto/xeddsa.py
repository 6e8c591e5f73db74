"""XEdDSA: signatures with Curve25519 keys, as Signal and WhatsApp use them.

Signing multiplies points in plain Python (some milliseconds); it happens for keys and certificates, never per message.
Verifying turns the key into its Ed25519 form and leaves the work to `cryptography`.
"""

import hashlib
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int, int]
"""Extended coordinates (X, Y, Z, T) on the twisted Edwards curve."""


def _recover_x(y: int) -> int:
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    return _P - x if x & 1 else x


_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE_X = _recover_x(_BASE_Y)
_BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def _add(left: Point, right: Point) -> Point:
    a = (left[1] - left[0]) * (right[1] - right[0]) % _P
    b = (left[1] + left[0]) * (right[1] + right[0]) % _P
    c = 2 * left[3] * right[3] * _D % _P
    d = 2 * left[2] * right[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _compress(point: Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % _Q


def sign(private: bytes, message: bytes) -> bytes:
    scalar = int.from_bytes(private, "little") % _Q
    public = _compress(_multiply(scalar, _BASE))
    if public[31] >> 7:
        scalar = _Q - scalar
    public = public[:31] + bytes([public[31] & 0x7F])
    nonce = _hash(b"\xfe" + b"\xff" * 31, scalar.to_bytes(32, "little"), message, os.urandom(64))
    commitment = _compress(_multiply(nonce, _BASE))
    challenge = _hash(commitment, public, message)
    return commitment + ((nonce + challenge * scalar) % _Q).to_bytes(32, "little")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of the Curve25519 key `public` signed `message`."""
    u = int.from_bytes(public, "little") % _P
    y = (u - 1) * pow(u + 1, -1, _P) % _P if u + 1 != _P else 0
    # libsignal's older form hides the sign of the point in the signature's last bit
    edwards = (y | (signature[63] >> 7) << 255).to_bytes(32, "little")
    try:
        Ed25519PublicKey.from_public_bytes(edwards).verify(signature[:63] + bytes([signature[63] & 0x7F]), message)
    except (InvalidSignature, ValueError):
        return False
    return True
