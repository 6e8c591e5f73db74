from recado_core.errors import RecadoError


class NotApplicableError(RecadoError):
    """This row says something that cannot be: it is quarantined with this text, the others go on."""

    code = "inbox_not_applicable"
    title = "A row of the inbox cannot be applied"


class BatchRefusedError(RecadoError):
    """One of these rows cannot be applied; nothing was. Do the batch again carefully, to set that row aside."""

    code = "inbox_batch_refused"
    title = "A batch of the inbox cannot be applied as a whole"
