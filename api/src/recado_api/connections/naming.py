"""Names of resources made by the web: what the person typed, as far as Kubernetes allows it, and a random end."""

import re
import secrets
import unicodedata

LONGEST_SLUG = 33
SUFFIX_LETTERS = "23456789bcdfghjkmnpqrstvwxz"
SUFFIX_LENGTH = 5
FALLBACK = "whatsapp"


def resource_name(display_name: str) -> str:
    """A name of at most 40 characters that fits `recado_core.resources.metadata.ConnectionName`."""
    plain = unicodedata.normalize("NFKD", display_name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    suffix = "".join(secrets.choice(SUFFIX_LETTERS) for _ in range(SUFFIX_LENGTH))
    return f"{slug or FALLBACK}-{suffix}"
