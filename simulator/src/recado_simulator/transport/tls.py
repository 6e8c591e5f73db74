"""The network's own certificate authority: made once, kept in the data directory, trusted by nobody else."""

import datetime as dt
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from recado_simulator.transport.hosts import CHAT_HOST, MEDIA_DOMAIN

_VALID = dt.timedelta(days=3650)
_SKEW = dt.timedelta(days=1)


class Authority:
    """`ca_file` is what clients trust; `context` is what the proxy answers TLS with."""

    def __init__(self, directory: Path) -> None:
        self.ca_file = directory / "ca.pem"
        self._server_file = directory / "server.pem"
        if not (self.ca_file.exists() and self._server_file.exists()):
            directory.mkdir(parents=True, exist_ok=True)
            self._create()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self._server_file)

    def _create(self) -> None:
        authority_key = ec.generate_private_key(ec.SECP256R1())
        authority_name = _name("Recado simulator CA (not for real traffic)")
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        authority = (
            _builder(authority_name, authority_name, authority_key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        key = ec.generate_private_key(ec.SECP256R1())
        hosts = [x509.DNSName(CHAT_HOST), x509.DNSName(f"*{MEDIA_DOMAIN}")]
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
        server = (
            _builder(_name(CHAT_HOST), authority_name, key.public_key())
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(issuer, critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._server_file.touch(mode=0o600)
        self._server_file.write_bytes(server.public_bytes(Encoding.PEM) + private)
        self.ca_file.write_bytes(authority.public_bytes(Encoding.PEM))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _VALID)
    )
