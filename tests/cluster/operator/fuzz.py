"""Specs by the thousand, made from the schemas of our own definitions: valid ones, and ones with a single flaw.

What rules (CEL) and Kubernetes say about them is not known here: they may be refused, and must not be harmful.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.cluster.operator.office import COMPANY, CRDS

PRIORITY = "sessions"
"""A class that the test makes."""
Schema = Mapping[str, Any]
Strategy = st.SearchStrategy[Any]

GOOD: Mapping[str, Strategy] = {
    "memory": st.sampled_from(["64Mi", "128Mi", "384Mi", "1Gi"]),
    "cpu": st.sampled_from(["25m", "100m", "1"]),
    "version": st.sampled_from(["1.0", "1.1", "9.9"]),
    "priorityClassName": st.sampled_from([PRIORITY, "system-node-critical"]),
    "timeoutSeconds": st.sampled_from([300, 3600]),
}
"""What a random text would hardly meet, or what would keep a world from coming to rest."""
KEYS = st.sampled_from(["team", "cost-centre", "example.com/team", "a" * 63]) | st.text(max_size=20)
FLAWS: Strategy = st.sampled_from(
    [None, -1, 0, 2**63, 1.5, True, "", "\0", "x" * 5000, "../x", "🐘" * 30, [], {}, [None], {"a": {}}]
)


class Specimen(NamedTuple):
    kind: str
    name: str
    spec: Any


def specimens(count: int, start: int = 0) -> list[Specimen]:
    """The same ones each time; of thirty, one is a company."""
    connections = _drawn(_flawed(_schema("whatsappconnections")), count, start)
    companies = _drawn(_flawed(_schema("companies")), count // 30, start)
    return [
        *(Specimen("WhatsAppConnection", f"fuzz-{start + at}", _ours(spec)) for at, spec in enumerate(connections)),
        *(Specimen("Company", f"fuzz-{start + at}", spec) for at, spec in enumerate(companies)),
    ]


def _drawn(strategy: Strategy, count: int, number: int) -> list[Any]:
    found: list[Any] = []

    @seed(number)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
    )
    @given(strategy)
    def draw(spec: Any) -> None:
        found.append(spec)

    draw()
    return found


def _ours(spec: Any) -> Any:
    """Of a company that is there: most would be answered with CompanyNotFound otherwise."""
    named = spec.get("companyRef") if isinstance(spec, dict) else None
    if isinstance(named, dict) and len(str(named.get("name"))) % 4:
        return {**spec, "companyRef": {**named, "name": COMPANY}}
    return spec


def _schema(plural: str) -> Schema:
    definition = yaml.safe_load((CRDS / f"{plural}.yaml").read_text())
    (version,) = definition["spec"]["versions"]
    schema: Schema = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return schema


def _valid(schema: Schema, name: str = "") -> Strategy:
    """By the schema alone."""
    if name in GOOD:
        return GOOD[name]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return KINDS[schema["type"]](schema)


def _object(schema: Schema) -> Strategy:
    if "properties" not in schema:
        return st.dictionaries(KEYS, _valid(schema["additionalProperties"]), max_size=3)
    parts = {name: _valid(part, name) for name, part in schema["properties"].items()}
    required = schema.get("required", [])
    optional = {name: part for name, part in parts.items() if name not in required}
    return st.fixed_dictionaries({name: parts[name] for name in required}, optional=optional)


def _text(schema: Schema) -> Strategy:
    shortest, longest = schema.get("minLength", 0), schema["maxLength"]
    if "pattern" in schema:
        found = st.from_regex(schema["pattern"], fullmatch=True)
        return found.filter(lambda text: shortest <= len(text) <= longest)
    return st.text(min_size=shortest, max_size=min(longest, 40))


def _list(schema: Schema) -> Strategy:
    return st.lists(_valid(schema["items"]), max_size=min(3, schema["maxItems"]))


def _integer(schema: Schema) -> Strategy:
    return st.integers(schema.get("minimum", 0), schema.get("maximum", 2**31))


KINDS: Mapping[str, Callable[[Schema], Strategy]] = {
    "object": _object,
    "array": _list,
    "string": _text,
    "integer": _integer,
    "boolean": lambda _: st.booleans(),
}


@st.composite
def _flawed(draw: st.DrawFn, schema: Schema) -> Any:
    """One of three has something in it that the schema does not foresee."""
    spec = draw(_valid(schema))
    if draw(st.integers(0, 2)):
        return spec
    flawed = deepcopy(spec)
    place, key = draw(st.sampled_from(list(_places(flawed))))
    flaw = draw(FLAWS)
    if draw(st.booleans()):
        place[key] = flaw
    elif isinstance(place, dict):
        place["unforeseen"] = flaw
    else:
        del place[key]
    return flawed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key in it."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])
