"""What all events have in common: a `type`, and a payload that is the whole new state, so that applying one twice, or
one that is older than what is already shown, does no harm.
"""

import msgspec

COMPANY_STREAM = "company"


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", rename="camel"):
    """Each noun declares its own; the tag is `<noun>.<what happened>`."""
