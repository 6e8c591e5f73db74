"""What texts may be. PostgreSQL cannot store NUL, and nobody means it: better a 400 that names the field than a 500.

msgspec tells a misfit in the terms of a program. People get a sentence that says what to do; one table has them all, so
that no route needs its own. What is not in the table stays as it is.
"""

import re

from recado_core.resources.connection import INTERNATIONAL

NO_NUL = r"^[^\x00]*$"
NOT_BLANK = r"\S"
NOT_BLANK_NO_NUL = r"^\s*[^\x00\s][^\x00]*$"
MISSING = "Required, and missing"

_PATTERNS = {
    NO_NUL: "Leave out NUL characters",
    NOT_BLANK: "Write more than spaces",
    NOT_BLANK_NO_NUL: "Write more than spaces, and leave out NUL characters",
    INTERNATIONAL: "Write the number with its country code, such as +5511999990000",
}

_KINDS = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "object": "an object"}

_SENTENCES = (
    *((re.escape(f"Expected `str` matching regex {pattern!r}"), said) for pattern, said in _PATTERNS.items()),
    (r"Expected `str` of length >= (\d+)", r"Write \1 or more characters"),
    (r"Expected `str` of length <= (\d+)", r"Write \1 or fewer characters"),
    (r"Expected `(?:int|float)` >= (\S+)", r"Give \1 or more"),
    (r"Expected `(?:int|float)` <= (\S+)", r"Give \1 or less"),
    *((rf"Expected `{kind}(?: \| null)?`, got `\w+`", f"Give {said}") for kind, said in _KINDS.items()),
    (r"Invalid UUID", "Give an id as Recado wrote it"),
    (r"Invalid enum value .*", "Give one of the values in the API document"),
    (r"Object missing required field `\w+`", MISSING),
    (r"Object contains unknown field `.*`", "Not known here: leave it out"),
)


def in_words(misfit: str) -> str:
    """What msgspec says about a value, as a sentence for people."""
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, misfit, re.DOTALL):
            return found.expand(sentence)
    return misfit
