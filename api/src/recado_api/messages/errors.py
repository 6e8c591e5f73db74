"""Refusals of pages."""

from http import HTTPStatus

from recado_core.errors import RecadoError


class OnePlaceError(RecadoError):
    code = "one_place_only"
    status = HTTPStatus.BAD_REQUEST
    title = "A page lies at one place"

    def __init__(self) -> None:
        super().__init__("Give only one of `before`, `after` and `around`")
