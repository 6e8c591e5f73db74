"""Each file of values in charts/recado/ci is rendered once for the folder."""

from pathlib import Path

import pytest
from tests.unit.chart.charts import VALUE_FILES, Object, render, values_of


@pytest.fixture(scope="session", params=VALUE_FILES, ids=lambda file: file.name.removesuffix("-values.yaml"))
def value_file(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture(scope="session")
def objects(value_file: Path) -> list[Object]:
    return render(values_of(value_file))
