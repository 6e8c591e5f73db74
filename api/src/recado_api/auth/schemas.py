"""Signing in and staying signed in."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from recado_api.http.fields import NO_NUL
from recado_core.passwords import MAXIMUM_PASSWORD
from recado_domain.users.views import UserView


class SignIn(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    email: Annotated[str, Meta(min_length=3, max_length=254, pattern=NO_NUL)]
    password: Annotated[str, Meta(min_length=1, max_length=MAXIMUM_PASSWORD)]


class SignedIn(msgspec.Struct, frozen=True, rename="camel"):
    access_token: str
    expires_at: datetime
    user: UserView
