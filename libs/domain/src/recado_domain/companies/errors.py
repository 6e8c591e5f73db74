from http import HTTPStatus

from recado_core.errors import RecadoError


class SlugTakenError(RecadoError):
    code = "slug_taken"
    status = HTTPStatus.CONFLICT
    title = "Another company has this short name"
