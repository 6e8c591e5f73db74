"""Settings, and the rules for what SAQ may log."""

import logging

import pytest

from recado_core.errors import ConfigurationError
from recado_worker.queue import Seldom
from recado_worker.settings import WorkerSettings


def test_defaults_need_only_a_database() -> None:
    settings = WorkerSettings.from_environment({"DB_HOST": "db"})
    assert settings.database.user == "recado_app"
    assert settings.queue.concurrency == 4


@pytest.mark.parametrize("concurrency", ["0", "1000", "many"])
def test_a_setting_that_does_not_fit_is_named(concurrency: str) -> None:
    with pytest.raises(ConfigurationError, match="RECADO_WORKER_CONCURRENCY"):
        WorkerSettings.from_environment({"DB_HOST": "db", "RECADO_WORKER_CONCURRENCY": concurrency})


@pytest.mark.parametrize(
    ("given", "taken"),
    [("", ["inbox", "background"]), ("background", ["background"]), (" background, inbox,", ["inbox", "background"])],
)
def test_a_worker_takes_the_classes_that_it_is_told_and_else_all(given: str, taken: list[str]) -> None:
    settings = WorkerSettings.from_environment({"DB_HOST": "db", "RECADO_WORKER_QUEUES": given})
    assert settings.queue.taken() == taken


def test_a_class_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"RECADO_WORKER_QUEUES names medai\. Choose from inbox, background"):
        WorkerSettings.from_environment({"DB_HOST": "db", "RECADO_WORKER_QUEUES": "inbox,medai"})


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("saq", logging.ERROR, __file__, 1, text, None, None)


def test_the_same_complaint_is_heard_once() -> None:
    seldom = Seldom(seconds=60)
    heard = [seldom.filter(record(text)) for text in ("redis", "redis", "other", "redis")]
    assert heard == [True, False, True, False]


def test_after_a_while_it_is_heard_again() -> None:
    seldom = Seldom(seconds=0)
    assert seldom.filter(record("redis"))
    assert seldom.filter(record("redis"))
