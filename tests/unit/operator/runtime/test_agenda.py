"""Bookkeeping of keys: each once, in order, never two at a time."""

from hypothesis import given
from hypothesis import strategies as st

from recado_operator.runtime.agenda import Agenda, Urgency


def taken(agenda: Agenda[str], now: float) -> list[str]:
    keys: list[str] = []
    while (found := agenda.take(now)) is not None:
        keys.append(found[0])
    return keys


def test_a_storm_on_one_key_is_one_look() -> None:
    agenda: Agenda[str] = Agenda()
    for _ in range(100):
        agenda.add("a", 1.0)
    assert taken(agenda, 1.0) == ["a"]


def test_the_first_to_come_is_the_first_to_go() -> None:
    agenda: Agenda[str] = Agenda()
    for key in "cab":
        agenda.add(key, 1.0)
    agenda.add("c", 2.0)
    assert taken(agenda, 2.0) == ["c", "a", "b"]


def test_what_is_more_urgent_goes_first_but_nothing_waits_for_ever() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add("common", 1.0, urgency=Urgency.COMMON)
    agenda.add("told", 51.0)
    agenda.add("asked", 61.0, urgency=Urgency.ASKED)
    agenda.add("asked too late", 61.5, urgency=Urgency.ASKED)
    assert taken(agenda, 70.0) == ["asked", "told", "common", "asked too late"]


def test_of_what_all_have_in_common_few_are_looked_at_at_once() -> None:
    agenda: Agenda[str] = Agenda()
    for key in "abcd":
        agenda.add(key, 1.0, urgency=Urgency.COMMON)
    assert taken(agenda, 100.0) == ["a", "b"]
    agenda.add("told", 100.0)
    assert taken(agenda, 100.0) == ["told"]
    agenda.done("told", 100.0)
    assert taken(agenda, 100.0) == []
    agenda.done("a", 100.0)
    assert taken(agenda, 100.0) == ["c"]


def test_who_becomes_more_urgent_keeps_its_time() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add("a", 1.0, urgency=Urgency.COMMON)
    agenda.add("b", 1.5)
    agenda.add("a", 2.0, urgency=Urgency.ASKED)
    agenda.add("a", 3.0)
    assert (agenda.due, agenda.oldest(5.0)) == (2, 4.0)
    assert taken(agenda, 5.0) == ["a", "b"]


def test_an_urgent_wish_is_not_forgotten_while_its_key_is_worked_on() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add("a", 1.0)
    agenda.take(1.0)
    agenda.add("a", 2.0)
    agenda.add("a", 2.0, urgency=Urgency.ASKED)
    agenda.add("b", 2.0)
    agenda.done("a", 3.0)
    assert taken(agenda, 3.0) == ["a", "b"]


def test_what_comes_while_a_key_is_worked_on_comes_after() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add("a", 1.0)
    assert agenda.take(1.0) == ("a", 1.0)
    agenda.add("a", 2.0)
    assert agenda.take(2.0) is None
    agenda.done("a", 3.0)
    assert agenda.take(3.0) == ("a", 3.0)


def test_the_earliest_of_several_wishes_counts() -> None:
    agenda: Agenda[str] = Agenda()
    for at in (9.0, 5.0, 7.0):
        agenda.add("a", 1.0, at)
    assert (agenda.take(4.9), agenda.next_at()) == (None, 5.0)
    assert agenda.take(5.0) == ("a", 5.0)
    agenda.done("a", 5.0)
    assert taken(agenda, 100.0) == []


def test_at_once_overrules_later() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add("a", 1.0, 9.0)
    agenda.add("a", 2.0)
    assert agenda.take(2.0) == ("a", 2.0)
    agenda.done("a", 2.0)
    assert (agenda.take(10.0), agenda.next_at()) == (None, None)


def test_a_time_that_comes_while_the_key_is_worked_on_is_kept() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add("a", 1.0)
    agenda.take(1.0)
    agenda.add("a", 1.0, 2.0)
    assert agenda.take(3.0) is None
    agenda.done("a", 4.0)
    assert agenda.take(4.0) == ("a", 4.0)


def test_the_oldest_is_the_longest_due_or_worked_on() -> None:
    agenda: Agenda[str] = Agenda()
    assert agenda.oldest(9.0) == 0.0
    agenda.add("a", 1.0)
    agenda.add("b", 4.0)
    assert agenda.oldest(5.0) == 4.0
    agenda.take(5.0)
    assert agenda.oldest(7.0) == 3.0


OPERATIONS = st.lists(
    st.tuples(st.sampled_from([*Urgency, "later", "take", "done"]), st.sampled_from("abc"), st.integers(0, 5)),
    max_size=60,
)


@given(OPERATIONS)
def test_nothing_is_lost_and_nothing_is_worked_on_twice_at_once(
    operations: list[tuple[Urgency | str, str, int]],
) -> None:
    agenda: Agenda[str] = Agenda()
    now, working, wanted = 0.0, set[str](), set[str]()
    for what, key, seconds in operations:
        now += 1.0
        if isinstance(what, Urgency):
            agenda.add(key, now, urgency=what)
            wanted.add(key)
        elif what == "later":
            agenda.add(key, now, now + seconds)
            wanted.add(key)
        elif what == "take" and (found := agenda.take(now)) is not None:
            assert found[0] not in working
            working.add(found[0])
            wanted.discard(found[0])
        elif what == "done" and key in working:
            agenda.done(key, now)
            working.discard(key)
    for key in working:
        agenda.done(key, now)
    while (found := agenda.take(now + 100.0)) is not None:
        wanted.remove(found[0])
        agenda.done(found[0], now + 100.0)
    assert wanted == set()
