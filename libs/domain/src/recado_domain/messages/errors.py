from http import HTTPStatus

from recado_core.errors import RecadoError


class IdempotencyKeyReusedError(RecadoError):
    code = "idempotency_key_reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "This Idempotency-Key belongs to another message"


class NoAddressError(RecadoError):
    code = "no_address"
    status = HTTPStatus.CONFLICT
    title = "This contact cannot be written to"
