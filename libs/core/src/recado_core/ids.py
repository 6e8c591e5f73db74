"""Identifiers. Every row is named by a UUIDv7 made by us, so that ids sort by time and need no database to exist."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()
