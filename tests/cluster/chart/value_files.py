"""The value files as parameters of tests: all of them in the long form, the three that differ most in the short one."""

from typing import Any

import pytest
from tests.unit.chart.charts import VALUE_FILES

SHORT = {"evaluation", "external", "namespaces"}


def _parameter(file: Any) -> Any:
    name = file.name.removesuffix("-values.yaml")
    return pytest.param(file, id=name, marks=() if name in SHORT else pytest.mark.full)


EACH = [_parameter(file) for file in VALUE_FILES]
assert {parameter.id for parameter in EACH} >= SHORT
