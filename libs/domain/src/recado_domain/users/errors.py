from http import HTTPStatus

from recado_core.errors import RecadoError


class EmailTakenError(RecadoError):
    code = "email_taken"
    status = HTTPStatus.CONFLICT
    title = "Somebody signs in with this e-mail already"
