from http import HTTPStatus

from recado_core.errors import RecadoError


class AgentQuotaError(RecadoError):
    code = "agent_quota_exceeded"
    status = HTTPStatus.CONFLICT
    title = "Your company has as many people as it may have"


class EmailTakenError(RecadoError):
    code = "email_taken"
    status = HTTPStatus.CONFLICT
    title = "Somebody signs in with this e-mail already"
