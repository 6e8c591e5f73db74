"""Refuses secrets that are missing, short or guessable. A signing key that others know is worse than no start.

What is refused beyond the published ones is so far from random that a generated key never meets it: one short piece
over and over, few different characters, or the words of a template that was not filled in.
"""

from recado_core.errors import ConfigurationError

MINIMUM_BYTES = 32
FEWEST_CHARACTERS = 8
"""Different ones. 32 random hexadecimal digits have fewer once in twenty million; base64 never."""

KNOWN_SECRETS = frozenset(
    {
        "secret",
        "myanothersecret",
        "kZaOTd+YZpjRUyyuQUpigJaEMk4vcW4YOymKPZX0Ts8=",
        "dBSXqFg9TaNUEDXVp6fhMTRLBysP+j2DSqf7+raxD3A=",
        "53pJTvkL9T6q2jYFFKwXgvLAgQahwbb/BM0opll5NZM=",
        "1/n/QnJtfUphUd9CrXjaxRw+jSAxtRIJwFroFmqrRXY=",
        "3123123213123",
        "75756756756",
    }
)
"""Defaults printed in the read-me files and installers of this family of products."""

TEMPLATE_WORDS = (
    "mysecret",
    "yoursecret",
    "yoursuper",
    "yourjwt",
    "yourrefresh",
    "changeme",
    "changethis",
    "changein",
    "replaceme",
    "replacethis",
    "replacewith",
    "supersecret",
    "gereum",
    "gereoutro",
    "suachave",
    "seusegredo",
)
"""What examples say where the secret should stand, in lower case and without what separates the words."""


def require_secret(name: str, value: str | None) -> str:
    """`value` when it may sign tokens; otherwise a ConfigurationError that names the setting and the way out."""
    way_out = f"Set {name} to {MINIMUM_BYTES} or more random bytes, for example: openssl rand -base64 48"
    if not value or not value.strip():
        raise ConfigurationError(f"{name} is missing. {way_out}")
    if _guessable(value.strip()):
        raise ConfigurationError(f"{name} is a published or guessable default. {way_out}")
    if len(value.encode()) < MINIMUM_BYTES:
        raise ConfigurationError(f"{name} has {len(value.encode())} bytes, too few. {way_out}")
    return value


def _guessable(value: str) -> bool:
    letters = "".join(character for character in value.lower() if character.isalnum())
    template = any(word in letters for word in TEMPLATE_WORDS)
    return value in KNOWN_SECRETS or template or len(set(value)) < FEWEST_CHARACTERS or _repeats(value)


def _repeats(value: str) -> bool:
    """Whether it is one piece, at most half as long, over and over."""
    return any(value[length:] == value[:-length] for length in range(1, len(value) // 2 + 1))
