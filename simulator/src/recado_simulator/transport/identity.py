"""The network's Noise identity: a root key that clients must be told, and the certificate chain below it."""

import time

from recado_simulator.accounts.records import Setting
from recado_simulator.accounts.store import Collection
from recado_simulator.crypto.curve import KeyPair
from recado_simulator.crypto.xeddsa import sign
from recado_simulator.wire.network_pb2 import CertificateChain

_DAY = 86400
_VALID = 3650 * _DAY


class NoiseIdentity:
    def __init__(self, settings: Collection[Setting]) -> None:
        self.root = _kept(settings, "noise-root")
        self.static = _kept(settings, "noise-static")
        intermediate = _kept(settings, "noise-intermediate")
        chain = CertificateChain()
        _certify(chain.intermediate, 1, 0, intermediate.public, self.root)
        _certify(chain.leaf, 2, 1, self.static.public, intermediate)
        self.certificate = chain.SerializeToString()


def _kept(settings: Collection[Setting], name: str) -> KeyPair:
    if name not in settings:
        settings[name] = Setting(KeyPair.generate().private)
    return KeyPair(settings[name].value)


def _certify(certificate: CertificateChain.Certificate, serial: int, issuer: int, key: bytes, signer: KeyPair) -> None:
    details = CertificateChain.Certificate.Details(
        serial=serial,
        issuer_serial=issuer,
        key=key,
        not_before=int(time.time()) - _DAY,
        not_after=int(time.time()) + _VALID,
    )
    certificate.details = details.SerializeToString()
    certificate.signature = sign(signer.private, certificate.details)
