"""What processes on one store tell each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from shadow.store import open_store

REPORT = "report"


def alive(store, run: str, now: float, **changed) -> None:
    store.heartbeat(run, **({"pid": 7, "host": "h", "listen": "127.0.0.1:1", "queue": 0, "shed": 0} | changed), now=now)


def test_pause_and_resume_are_seen_by_others_and_may_be_said_twice(settings):
    with open_store(settings, create=True) as here, open_store(settings) as there:
        assert not there.paused()
        here.pause()
        here.pause()
        assert there.paused()
        there.resume()
        there.resume()
        assert not here.paused()


def test_a_lease_is_its_owners_until_it_runs_out(settings):
    with open_store(settings, create=True) as store:
        assert store.lease(REPORT, "one", 10, now=100.0)
        assert not store.lease(REPORT, "other", 10, now=109.9)
        assert store.lease("something else", "other", 10, now=109.9)
        assert store.lease(REPORT, "one", 10, now=105.0), "its owner may renew it"
        assert not store.lease(REPORT, "other", 10, now=114.9)
        assert store.lease(REPORT, "other", 10, now=115.0)
        assert not store.lease(REPORT, "one", 10, now=116.0)


def test_of_many_who_want_a_lease_at_once_exactly_one_gets_it(settings):
    together = Barrier(6)

    def want(owner: str) -> bool:
        with open_store(settings) as store:
            together.wait(60)
            return store.lease(REPORT, owner, 60)

    open_store(settings, create=True).close()
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(want, map(str, range(6)))) == 1


def test_status_shows_the_proxies_that_are_alive_as_they_last_were(settings):
    with open_store(settings, create=True) as store:
        alive(store, "gone", 900.0)
        alive(store, "new", 990.0, pid=8)
        alive(store, "old", 950.0)
        alive(store, "old", 999.0, queue=3, shed=2)
        status = store.status(1000.0)
    assert [(p.run, p.pid, p.started, p.last_seen, p.queue, p.shed) for p in status.proxies] == [
        ("old", 7, 950.0, 999.0, 3, 2),
        ("new", 8, 990.0, 990.0, 0, 0),
    ]


def test_the_workers_of_one_proxy_are_one_proxy(settings):
    with open_store(settings, create=True) as store:
        alive(store, "run-0", 990.0, queue=3, shed=2)
        alive(store, "run-1", 991.0, queue=4, shed=1)
        [proxy] = store.status(1000.0).proxies
    assert (proxy.pid, proxy.started, proxy.last_seen, proxy.queue, proxy.shed) == (7, 990.0, 991.0, 7, 3)


def test_a_proxy_that_has_ended_is_not_shown(settings):
    with open_store(settings, create=True) as store:
        alive(store, "one", 990.0)
        alive(store, "other", 990.0, pid=8)
        store.farewell("one")
        assert [proxy.run for proxy in store.status(991.0).proxies] == ["other"]


def test_status_of_an_empty_store_says_that_nothing_was_recorded(settings, tmp_path):
    with open_store(settings, create=True) as store:
        status = store.status(0.0)
    assert (status.place, status.paused, status.routes, status.epochs) == (str(tmp_path / "shadow.db"), False, 0, 0)
    assert status.last_seen is None


def test_what_a_proxy_holds_back_is_shown_as_long_as_it_says_so(settings):
    with open_store(settings, create=True) as store:
        alive(store, "run-0", 990.0)
        alive(store, "run-1", 990.0, held="nothing is sent to candidate")
        assert [proxy.held for proxy in store.status(1000.0).proxies] == ["nothing is sent to candidate"]
        alive(store, "run-1", 995.0)
        assert [proxy.held for proxy in store.status(1000.0).proxies] == [""]
        alive(store, "run-1", 996.0, held="nothing is sent to candidate")
        store.farewell("run-1")
        alive(store, "run-1", 997.0)
        assert [proxy.held for proxy in store.status(1000.0).proxies] == [""]
        assert not store.paused()
