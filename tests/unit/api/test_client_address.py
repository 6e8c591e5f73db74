"""Only what trusted proxies wrote into X-Forwarded-For counts; the rest anybody could have sent."""

import pytest

from recado_api.http.client_address import client_address, parse_networks
from recado_core.errors import ConfigurationError

TRUSTED = parse_networks("10.0.0.0/8, 2001:db8::/32")


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("2001:db8::1", "2a00::5", "2a00::5"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "not an address", "not an address"),
        (None, "198.51.100.1", "unknown"),
    ],
)
def test_the_nearest_untrusted_hop_is_the_client(peer: str | None, forwarded: str, expected: str) -> None:
    assert client_address(peer, forwarded, TRUSTED) == expected


def test_a_bad_network_names_the_setting() -> None:
    with pytest.raises(ConfigurationError, match="RECADO_TRUSTED_PROXIES"):
        parse_networks("10.0.0.0/99")
