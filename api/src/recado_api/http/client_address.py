"""Whose address a request has. X-Forwarded-For is believed only as far as the listed proxies wrote it."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from recado_core.errors import ConfigurationError

Network = IPv4Network | IPv6Network
UNKNOWN = "unknown"


def parse_networks(text: str) -> tuple[Network, ...]:
    """Raises ConfigurationError."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ConfigurationError(
            f"RECADO_TRUSTED_PROXIES: {error}. Write CIDRs with commas between, for example 10.0.0.0/8"
        ) from error


def client_address(peer: str | None, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy; what stands left of it anybody could have written."""
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    address = peer or UNKNOWN
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return address


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
