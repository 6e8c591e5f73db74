from recado_core.errors import RecadoError


class NotApplicableError(RecadoError):
    """This row says something that cannot be: it is quarantined with this text, the others go on."""

    code = "inbox_not_applicable"
    title = "A row of the inbox cannot be applied"
