"""Refusals that several nouns share."""

from http import HTTPStatus

from recado_core.errors import RecadoError


class NotFoundError(RecadoError):
    """Also the answer for what belongs to somebody else: whether it exists is none of the asker's business."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    title = "This does not exist"


class CursorInvalidError(RecadoError):
    code = "cursor_invalid"
    status = HTTPStatus.BAD_REQUEST
    title = "This cursor is not one of ours"
