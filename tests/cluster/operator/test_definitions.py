"""An operator that is newer than the definitions that the API server has. They are everybody's, so they come back."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import CRDS, RECADO, Office
from tests.cluster.waiting import wait_for

from recado_core.session_states import ExitCode

NAME = "whatsappconnections"
PLACE = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{NAME}.recado.dev"
OURS: dict[str, Any] = yaml.safe_load((CRDS / f"{NAME}.yaml").read_text())


@pytest.fixture
def older(office: Office) -> Iterator[None]:
    definition = copy.deepcopy(OURS)
    del _status(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"])["retry"]
    try:
        _serve(office, definition)
        yield
    finally:
        _serve(office, OURS)


@pytest.mark.usefixtures("older")
def test_a_newer_operator_does_not_begin_and_says_what_to_do(hire: Hire) -> None:
    operator = hire(ready=False)
    wait_for("it ends", lambda: not operator.running)
    assert operator.stop() == ExitCode.CONFIGURATION
    assert "they lack WhatsAppConnection status.retry. Upgrade them first" in operator.log_tail()


def test_with_our_definitions_it_has_compared_and_begins(hire: Hire) -> None:
    assert "not compared" not in hire().log_tail()


def _serve(office: Office, definition: dict[str, Any]) -> None:
    office.client.apply(PLACE, definition)
    wanted = set(_status(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]))
    wait_for("the definition is published", lambda: _published(office) == wanted)
    wait_for("the collection can be read again", lambda: office.client.served(office.resources(NAME)))


def _published(office: Office) -> set[str]:
    schemas = office.client.get(f"/openapi/v3/{RECADO}")["components"]["schemas"]
    return set(_status(schemas["dev.recado.v1alpha1.WhatsAppConnection"]))


def _status(schema: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = schema["properties"]["status"]["properties"]
    return properties
