from typing import Annotated

import pytest

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings, RedisSettings, Setting, SettingsStruct, describe, load


class Example(SettingsStruct, frozen=True, kw_only=True):
    where: Annotated[str, Setting("EXAMPLE_WHERE", "Where it is.")]
    times: Annotated[int, Setting("EXAMPLE_TIMES", "How often.")] = 3
    word: Annotated[str, Setting("EXAMPLE_WORD", "A secret.", secret=True)] = ""


def test_values_come_from_the_environment() -> None:
    assert load(Example, {"EXAMPLE_WHERE": "here", "EXAMPLE_TIMES": "7"}) == Example(where="here", times=7)


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert load(Example, {"EXAMPLE_WHERE": "here", "EXAMPLE_TIMES": ""}).times == 3


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ConfigurationError, match="EXAMPLE_WHERE is missing: Where it is"):
        load(Example, {})


def test_a_value_that_does_not_fit_is_named_by_its_variable() -> None:
    with pytest.raises(ConfigurationError, match="EXAMPLE_TIMES"):
        load(Example, {"EXAMPLE_WHERE": "here", "EXAMPLE_TIMES": "often"})


@pytest.mark.parametrize("written", ["true", "1", "True"])
def test_switches_are_understood(written: str) -> None:
    assert load(DatabaseSettings, {"DB_HOST": "db", "DB_SSL": written}).ssl is True


def test_secrets_do_not_show() -> None:
    database = DatabaseSettings(host="db", password="hidden-one")
    redis = RedisSettings(uri="redis://:hidden-two@cache")
    assert "hidden" not in f"{database!r} {redis!r} {Example(where='x', word='hidden-three')}"
    assert "host='db'" in repr(database)


def test_every_setting_is_documented() -> None:
    assert [note.variable for note, _ in describe(Example)] == ["EXAMPLE_WHERE", "EXAMPLE_TIMES", "EXAMPLE_WORD"]
