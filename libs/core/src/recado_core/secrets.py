"""Refuses secrets that are missing, short or published. A guessable signing key is worse than no start."""

from recado_core.errors import ConfigurationError

MINIMUM_BYTES = 32

KNOWN_SECRETS = frozenset(
    {
        "mysecret",
        "myanothersecret",
        "secret",
        "changeme",
        "change-me",
        "kZaOTd+YZpjRUyyuQUpigJaEMk4vcW4YOymKPZX0Ts8=",
        "dBSXqFg9TaNUEDXVp6fhMTRLBysP+j2DSqf7+raxD3A=",
        "3123123213123",
        "75756756756",
    }
)
"""Defaults printed in the read-me files of this family of products."""


def require_secret(name: str, value: str | None) -> str:
    """`value` when it may sign tokens; otherwise a ConfigurationError that names the setting and the way out."""
    way_out = f"Set {name} to {MINIMUM_BYTES} or more random bytes, for example: openssl rand -base64 48"
    if not value:
        raise ConfigurationError(f"{name} is missing. {way_out}")
    if value in KNOWN_SECRETS or len(set(value)) <= 2:  # noqa: PLR2004 - one repeated letter or pair
        raise ConfigurationError(f"{name} is a published or guessable default. {way_out}")
    if len(value.encode()) < MINIMUM_BYTES:
        raise ConfigurationError(f"{name} has {len(value.encode())} bytes, too few. {way_out}")
    return value
