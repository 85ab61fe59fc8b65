"""Nothing that the proxy has seen is ever dropped without being counted."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shadow.exchange import Side
from shadow.pipeline.handover import Fate, Lost, Pending, Tally
from shadow.proxy.ledger import MAX_LENGTH, MAX_PATHS, MAX_TALLIES, Ledger, Waiting


def waiting(path: str = "/a", size: int = 10, *, ok: bool = True) -> Waiting:
    return Waiting(Side.LEGACY, "GET", path, ok, size, None)


def tallied(ledger: Ledger) -> Tally:
    tally = ledger.tally()
    assert tally is not None
    return tally


def test_numbers_start_at_one_and_are_never_given_twice():
    ledger = Ledger()
    assert [ledger.enter(waiting()), ledger.enter(waiting())] == [1, 2]
    ledger.count("shed", Side.LEGACY, "GET", "/a", ok=True)
    assert tallied(ledger).number == 3
    ledger.acknowledge([1, 2, 3])
    assert ledger.enter(waiting()) == 4


def test_an_acknowledgement_gives_back_the_exchange_and_its_bytes():
    ledger = Ledger()
    first, second = waiting("/a", 10), waiting("/b", 32)
    ledger.enter(first)
    ledger.enter(second)
    assert ledger.bytes == 42
    assert ledger.acknowledge([2]) == [(2, second)]
    assert ledger.bytes == 10
    assert ledger.waiting == {1: first}


def test_an_acknowledgement_of_what_is_not_there_changes_nothing():
    ledger = Ledger()
    ledger.enter(waiting(size=10))
    assert ledger.acknowledge([1]) == [(1, waiting(size=10))]
    assert ledger.acknowledge([1, 99]) == []
    assert ledger.bytes == 0


def test_the_oldest_number_is_the_lowest_that_still_waits_exchange_or_tally():
    ledger = Ledger()
    assert ledger.oldest == 1
    ledger.count("shed", Side.LEGACY, "GET", "/a", ok=True)
    tally = tallied(ledger)
    ledger.enter(waiting())
    ledger.enter(waiting())
    ledger.acknowledge([2])
    assert ledger.oldest == tally.number == 1
    ledger.acknowledge([tally.number])
    assert ledger.oldest == 3
    ledger.acknowledge([3])
    assert ledger.oldest == 4 == ledger.enter(waiting())


def test_equal_requests_are_counted_together_and_different_ones_apart():
    ledger = Ledger()
    for _ in range(3):
        ledger.count("shed", Side.LEGACY, "GET", "/a", ok=True)
    ledger.count("shed", Side.LEGACY, "GET", "/a", ok=False)
    ledger.count("skipped:streamed", Side.CANDIDATE, "GET", "/a", ok=False)
    assert set(tallied(ledger).fates) == {
        Fate("shed", Side.LEGACY, "GET", "/a", True, 3),
        Fate("shed", Side.LEGACY, "GET", "/a", False, 1),
        Fate("skipped:streamed", Side.CANDIDATE, "GET", "/a", False, 1),
    }


def test_without_new_fates_there_is_no_tally():
    ledger = Ledger()
    assert ledger.tally() is None
    ledger.count("shed", Side.LEGACY, "GET", "/a", ok=True)
    assert ledger.tally() is not None
    assert ledger.tally() is None


def test_beyond_the_most_paths_the_rest_is_counted_without_its_path():
    ledger = Ledger()
    for n in range(MAX_PATHS + 50):
        ledger.count("shed", Side.LEGACY, "GET", f"/{n}", ok=True)
    ledger.count("shed", Side.LEGACY, "GET", "/0", ok=True)
    fates = {fate.path: fate.count for fate in tallied(ledger).fates}
    assert len(fates) == MAX_PATHS + 1
    assert fates["*"] == 50
    assert fates["/0"] == 2


def test_whatever_methods_and_paths_clients_make_up_the_kinds_that_are_counted_apart_are_few_and_short():
    ledger = Ledger()
    for n in range(MAX_PATHS * 3):
        ledger.count("shed", Side.LEGACY, f"M{n}", f"/{n}", ok=True)
    for n in range(5):
        ledger.count("failed", Side.LEGACY, "GET", f"/{n}" * MAX_LENGTH, ok=False)
        ledger.count("failed", Side.LEGACY, f"{n}" * MAX_LENGTH, "/", ok=False)
    fates = tallied(ledger).fates
    assert len(fates) == MAX_PATHS + 2
    assert Fate("shed", Side.LEGACY, "*", "*", False, MAX_PATHS * 2) in fates
    assert Fate("failed", Side.LEGACY, "*", "*", False, 10) in fates


def test_while_nothing_is_acknowledged_fates_are_kept_in_place_and_not_in_ever_more_tallies():
    """A store that is down for hours must not fill the proxy's memory."""
    ledger = Ledger()
    sent = 0
    for _ in range(MAX_TALLIES * 5):
        ledger.count("shed", Side.LEGACY, "GET", "/a", ok=True)
        sent += ledger.tally() is not None
    assert sent == MAX_TALLIES
    assert ledger.unfinished() == MAX_TALLIES * 5
    ledger.acknowledge([1])
    assert tallied(ledger).fates[0].count == MAX_TALLIES * 4


def test_a_new_worker_is_told_what_the_dead_one_left_unacknowledged():
    ledger = Ledger()
    ledger.enter(waiting("/a", ok=True))
    ledger.enter(waiting("/b", ok=False))
    ledger.count("shed", Side.CANDIDATE, "GET", "/c", ok=False)
    tally = tallied(ledger)
    ledger.acknowledge([1])
    assert ledger.reconciliation(handed=3) == [
        Tally(tally.number, 2, tally.fates, again=True),
        Lost((Pending(2, Side.LEGACY, "GET", "/b", False),)),
    ]


def test_where_all_is_acknowledged_there_is_nothing_to_tell():
    ledger = Ledger()
    ledger.enter(waiting())
    ledger.acknowledge([1])
    assert ledger.reconciliation(handed=1) == []


def test_what_the_dead_worker_never_got_is_not_taken_for_lost():
    """It waits for the next one; tallies are sent to it in any case."""
    ledger = Ledger()
    ledger.enter(waiting("/a"))
    ledger.enter(waiting("/b"))
    ledger.count("shed", Side.LEGACY, "GET", "/c", ok=True)
    tally = tallied(ledger)
    assert ledger.reconciliation(handed=1) == [
        Tally(3, 1, tally.fates, again=True),
        Lost((Pending(1, Side.LEGACY, "GET", "/a", True),)),
    ]
    assert ledger.reconciliation(handed=0) == [Tally(3, 1, tally.fates, again=True)]


def test_the_last_tally_waits_for_no_other():
    ledger = Ledger()
    for _ in range(MAX_TALLIES + 2):
        ledger.count("shed", Side.LEGACY, "GET", "/a", ok=True)
        ledger.tally()
    assert ledger.tally() is None
    last = ledger.tally(last=True)
    assert last is not None
    assert last.fates[0].count == 2


class LedgerMachine(RuleBasedStateMachine):
    """A proxy that enters and counts, a worker that acknowledges in any order, and now and then dies."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.entered: dict[int, Waiting] = {}
        self.counted: Counter[tuple[str, str]] = Counter()
        self.sent: dict[int, tuple[Fate, ...]] = {}
        self.stored: Counter[tuple[str, str]] = Counter()
        self.acknowledged: set[int] = set()

    @rule(path=st.sampled_from(["/a", "/b", "/caf\xe9"]), size=st.integers(0, 1000), ok=st.booleans())
    def enter(self, path: str, size: int, ok: bool) -> None:
        one = waiting(path, size, ok=ok)
        number = self.ledger.enter(one)
        assert number not in self.entered
        assert number not in self.sent
        self.entered[number] = one

    @rule(outcome=st.sampled_from(["shed", "failed", "skipped:rate"]), path=st.sampled_from(["/a", "/b"]))
    def count(self, outcome: str, path: str) -> None:
        self.ledger.count(outcome, Side.LEGACY, "GET", path, ok=True)
        self.counted[outcome, path] += 1

    @rule()
    def tick(self) -> None:
        if tally := self.ledger.tally():
            assert tally.number not in self.entered
            assert tally.number not in self.sent
            assert tally.oldest <= tally.number
            assert not tally.again
            self.sent[tally.number] = tally.fates

    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        known = sorted({*self.entered, *self.sent})
        numbers = data.draw(st.lists(st.sampled_from(known or [10**6]), unique=True))
        done = self.ledger.acknowledge(numbers)
        fresh = set(numbers) - self.acknowledged
        assert dict(done) == {n: self.entered[n] for n in fresh if n in self.entered}
        for number in fresh & self.sent.keys():
            self.stored.update({(f.outcome, f.path): f.count for f in self.sent[number]})
        self.acknowledged |= fresh & {*self.entered, *self.sent}

    @rule(unsent=st.integers(0, 3))
    def die(self, unsent: int) -> None:
        handed = self.ledger.next_number - 1 - unsent
        messages = self.ledger.reconciliation(handed)
        again = {m.number: m.fates for m in messages if isinstance(m, Tally)}
        assert again == {n: fates for n, fates in self.sent.items() if n not in self.acknowledged}
        assert all(m.again for m in messages if isinstance(m, Tally))
        lost = [pending for m in messages if isinstance(m, Lost) for pending in m.pending]
        assert [(p.number, p.path, p.ok) for p in lost] == [
            (n, w.path, w.ok) for n, w in self.entered.items() if n not in self.acknowledged and n <= handed
        ]

    @invariant()
    def entered_is_acknowledged_plus_waiting(self) -> None:
        assert self.ledger.waiting == {n: w for n, w in self.entered.items() if n not in self.acknowledged}

    @invariant()
    def counted_is_stored_plus_sent_plus_not_yet_sent(self) -> None:
        on_the_way = sum(f.count for n, fates in self.sent.items() if n not in self.acknowledged for f in fates)
        not_sent = self.ledger.unfinished() - on_the_way - len(self.ledger.waiting)
        assert not_sent >= 0
        assert self.counted.total() == self.stored.total() + on_the_way + not_sent
        assert all(count <= self.counted[kind] for kind, count in self.stored.items())

    @invariant()
    def bytes_are_those_that_wait(self) -> None:
        assert self.ledger.bytes == sum(w.size for n, w in self.entered.items() if n not in self.acknowledged) >= 0

    @invariant()
    def oldest_is_the_lowest_that_waits(self) -> None:
        open_ = {*self.entered, *self.sent} - self.acknowledged
        if open_:
            assert self.ledger.oldest == min(open_)
        else:
            assert self.ledger.oldest == max([0, *self.acknowledged]) + 1

    def teardown(self) -> None:
        """Once the worker has acknowledged everything, everything that was counted is in the store."""
        for _ in range(3):
            self.tick()
            everything = {*self.entered, *self.sent} - self.acknowledged
            for number in everything & self.sent.keys():
                self.stored.update({(f.outcome, f.path): f.count for f in self.sent[number]})
            self.ledger.acknowledge(everything)
            self.acknowledged |= everything
        assert self.stored == self.counted
        assert self.ledger.unfinished() == 0
        assert self.ledger.waiting == {}


TestLedgerMachine = LedgerMachine.TestCase
