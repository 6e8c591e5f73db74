"""Whom we trust to be PostgreSQL."""

import ssl
from pathlib import Path

import pytest

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings
from recado_core.tls import database_ssl
from recado_simulator.transport.tls import Authority


def test_without_the_switch_nothing_is_encrypted() -> None:
    assert database_ssl(DatabaseSettings(host="db", ssl_ca="whatever")) is False


def test_a_named_authority_is_the_only_one(tmp_path: Path) -> None:
    authority = Authority(tmp_path).ca_file.read_text()
    context = database_ssl(DatabaseSettings(host="db", ssl=True, ssl_ca=authority))
    assert isinstance(context, ssl.SSLContext)
    assert context.cert_store_stats()["x509"] == 1
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_an_authority_that_is_none_is_told() -> None:
    with pytest.raises(ConfigurationError, match="DB_SSL_CA holds no certificate"):
        database_ssl(DatabaseSettings(host="db", ssl=True, ssl_ca="/etc/ssl/ca.pem"))
