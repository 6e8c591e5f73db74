"""What the guides tell people to set exists in the chart: nobody should find out that it does not by trying."""

import json
import re
from pathlib import Path

import pytest
import yaml
from tests.unit.chart.charts import CHART, ROOT, Object, named, render, values_of

GUIDES = [*sorted((ROOT / "docs").rglob("*.md")), CHART / "templates" / "NOTES.txt", ROOT / "README.md"]
GIVEN: Object = {"secrets": {"existingSecret": "a"}, "session": {"existingSettingsSecret": "b"}}
NAMED = re.compile(r"`(?:--set )?([a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)(?:[=:][^`]*)?`")
SET = re.compile(r"--set (\S+?)=")
FREE = (
    "session.catalog",
    "session.extraSettings",
    "worker.queues",
    "postgresql.cnpg.backup",
    "postgresql.cnpg.parameters",
    "postgresql.cnpg.spec",
)
"""Maps whose keys are the user's own."""


def named_values(text: str, top: set[str]) -> set[str]:
    """Dotted names that begin with a key of the chart, and whatever is given to `--set`."""
    found = [name for name in NAMED.findall(text) if not name.endswith((".json", ".yaml"))]  # a file is no value
    named = {name for name in found if name.split(".")[0] in top}
    return named | set(SET.findall(text))


def exists(path: str, values: object) -> bool:
    if path.startswith(FREE):
        return True
    for key in path.split("."):
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_value_that_is_named_exists(guide: Path) -> None:
    values = values_of(CHART / "values.yaml")
    named = named_values(guide.read_text(), set(values))
    assert [path for path in sorted(named) if not exists(path, values)] == []


def test_a_value_that_does_not_exist_would_be_noticed() -> None:
    values = values_of(CHART / "values.yaml")
    text = "`operator.replica=2`, `api.replicas`, `redis.external.uri: x` and `helm … --set operater.enabled=false`"
    named = named_values(text, set(values))
    assert {path for path in named if not exists(path, values)} == {"operator.replica", "operater.enabled"}


def test_the_values_for_production_are_accepted() -> None:
    assert render({**GIVEN, **_block("install.md")})


def test_after_an_upgrade_the_version_that_was_kept_as_the_guide_says_is_still_there() -> None:
    kept = _block("upgrade.md")["session"]["catalog"]
    (version,) = kept
    session = {**GIVEN["session"], "catalog": kept, "stable": version}
    objects = render({**GIVEN, "image": {"tag": "next"}, "session": session})
    pod = named(objects, "Deployment", "recado-operator")["spec"]["template"]["spec"]
    told = {one["name"]: one.get("value", "") for one in pod["containers"][0]["env"]}
    assert told["RECADO_SESSION_STABLE"] == version
    catalogue = json.loads(told["RECADO_SESSION_CATALOGUE"])
    assert catalogue == {**kept, "next": kept[version].replace(version, "next")}


def _block(guide: str) -> Object:
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "guides" / guide).read_text(), re.DOTALL)
    values: Object = yaml.safe_load(block)
    return values
