"""Signing in and staying signed in."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from recado_api.users.schemas import UserView


class SignIn(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=128)]


class SignedIn(msgspec.Struct, frozen=True, rename="camel"):
    access_token: str
    expires_at: datetime
    user: UserView
