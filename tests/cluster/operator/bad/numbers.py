"""Phone numbers, and how phones are linked."""

from typing import Any

from tests.cluster.operator.bad.cases import Case, Refused

PATTERN = "spec.phoneNumber in body should match"


def number(title: str, value: Any, message: str = PATTERN) -> Case:
    return Case(title, Refused(message), {"phoneNumber": value})


def pairing(title: str, message: str, **said: Any) -> Case:
    return Case(title, Refused(message), {"pairing": said})


CASES = (
    number("a number without its plus", "5511999990000"),
    number("a number that begins with 0", "+0511999990000"),
    number("a number of two digits", "+55"),
    number("a number that is too long", "+5511999990000123", "Too long"),
    number("a number with blanks", "+55 1199999-000"),
    number("a number in other digits", "+٥٥١١٩٩"),
    number("a number with a line behind it", "+5511999990\nx"),
    number("a link in place of a number", "tel:+5511999990"),
    number("no number at all", ""),
    number("an integer", 5511999990000, "must be of type string"),
    Case("a code without a number", Refused("set phoneNumber"), {"pairing": {"method": "PairingCode"}}),
    pairing("pairing by text message", 'Unsupported value: "SMS"', method="SMS"),
    pairing("a hurry", "greater than or equal to 60", timeoutSeconds=59),
    pairing("no hurry at all", "less than or equal to 3600", timeoutSeconds=3601),
    pairing("seconds in words", "must be of type integer", timeoutSeconds="300"),
    pairing("a request that is too long", "Too long", request="x" * 65),
    Case("a reconnect request that is too long", Refused("Too long"), {"reconnect": {"request": "x" * 65}}),
)
