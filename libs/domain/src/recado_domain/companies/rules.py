"""How a company's short name is made from what people call it."""

import re
import unicodedata

MAXIMUM_SLUG = 40


def slug_of(name: str) -> str:
    """Lower-case letters, digits and single hyphens; "company" when nothing of the name can be kept."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAXIMUM_SLUG].rstrip("-") or "company"
