from recado_simulator.network.faults import Fault, Faults


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_fault_strikes_as_often_as_asked() -> None:
    faults = Faults()
    faults.arm(Fault(kind="error_ack", code=463, count=2))
    struck = [faults.take("11", "error_ack") for _ in range(3)]
    assert [fault.code if fault else None for fault in struck] == [463, 463, None]
    assert faults.armed == []


def test_without_a_count_it_strikes_until_it_is_taken_back() -> None:
    faults = Faults()
    faults.arm(Fault(kind="never_ack"))
    assert all(faults.take("11", "never_ack") for _ in range(5))
    faults.clear()
    assert faults.take("11", "never_ack") is None


def test_only_the_named_owner_and_the_asked_kinds() -> None:
    faults = Faults()
    faults.arm(Fault(kind="late_ack", ms=5, account="22"))
    assert faults.take("11", "late_ack") is None
    assert faults.take("22", "never_ack") is None
    assert faults.take("22", "never_ack", "late_ack") is not None


def test_a_ban_ends_by_itself() -> None:
    clock = Clock()
    faults = Faults(clock)
    faults.arm(Fault(kind="ban", code=101, seconds=60))
    assert faults.take("11", "ban") is not None
    clock.now += 61
    assert faults.take("11", "ban") is None
    assert faults.armed == []


def test_a_ban_without_end_stays() -> None:
    clock = Clock()
    faults = Faults(clock)
    faults.arm(Fault(kind="ban", code=101))
    clock.now += 10_000
    assert faults.take("11", "ban") is not None
