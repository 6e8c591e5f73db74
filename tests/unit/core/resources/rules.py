"""Runs a definition's CEL rules over a resource, as the API server does on create (`old` is None) and on update.

cel-python has no library of Kubernetes: the functions that our rules use are added here. Costs and the server's own
type checks are measured on the real API server only.
"""

import ipaddress
import re
from typing import Any

import celpy
from celpy import celtypes
from celpy.adapter import json_to_cel

_FACTORS = {"": 1, "m": 0.001, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def quantity(text: Any) -> celtypes.IntType:
    """In thousandths, so that cores and bytes compare as integers."""
    number, unit = re.findall(r"^([0-9.]+)([a-zA-Z]*)$", str(text))[0]
    return celtypes.IntType(round(float(number) * _FACTORS[unit] * 1000))


def compare_to(left: Any, right: Any) -> celtypes.IntType:
    return celtypes.IntType((left > right) - (left < right))


def is_cidr(text: Any) -> celtypes.BoolType:
    try:
        ipaddress.ip_network(str(text), strict=False)
    except ValueError:
        return celtypes.BoolType(source=False)
    return celtypes.BoolType(source=True)


FUNCTIONS: dict[str, Any] = {"quantity": quantity, "compareTo": compare_to, "isCIDR": is_cidr}
_PROGRAMS: dict[str, celpy.Runner] = {}


def broken(resource: Any, part: dict[str, Any], old: Any = None, path: str = "$") -> list[str]:
    """`path: message` of each rule that does not hold. Rules over `oldSelf` are asked only when there is one."""
    found = [
        f"{path}: {rule['message']}"
        for rule in part.get("x-kubernetes-validations", [])
        if (old is not None or "oldSelf" not in rule["rule"]) and not _holds(rule["rule"], resource, old)
    ]
    for name, child in part.get("properties", {}).items():
        if isinstance(resource, dict) and name in resource:
            before = old.get(name) if isinstance(old, dict) else None
            found += broken(resource[name], child, before, f"{path}.{name}")
    if "items" in part:
        for index, item in enumerate(resource):
            found += broken(item, part["items"], None, f"{path}[{index}]")
    return found


def _holds(rule: str, value: Any, old: Any) -> bool:
    if rule not in _PROGRAMS:
        environment = celpy.Environment()
        _PROGRAMS[rule] = environment.program(environment.compile(rule), functions=FUNCTIONS)
    activation = {"self": json_to_cel(value)}
    if old is not None:
        activation["oldSelf"] = json_to_cel(old)
    return bool(_PROGRAMS[rule].evaluate(activation))
