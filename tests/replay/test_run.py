"""A replay asks both sides, in the order of each session, and counts each request exactly once."""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from shadow.errors import BackendError, StoreError
from shadow.exchange import Side
from shadow.replay.ledger import SENT
from shadow.replay.selection import Left
from shadow.store import open_store
from tests.e2e.conftest import json_answer
from tests.replay.conftest import Bench, echo


def paths(requests: list[tuple[str, str, dict[str, str]]]) -> list[str]:
    return [path for _, path, _ in requests]


def jwt(subject: str) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, {"sub": subject})
    ]
    return ".".join([*parts, "c2ln"])


def test_both_sides_are_asked_whichever_the_recording_had_asked(bench: Bench) -> None:
    file = bench.record(
        {"url": f"{bench.legacy.url}/kong/a?x=1"},
        {"url": f"{bench.candidate.url}/b"},
        {"url": "/kong/c"},
    )
    replay = bench.replay(file)
    assert sorted(paths(bench.legacy.requests)) == ["/kong/a?x=1", "/kong/b", "/kong/c"]
    assert sorted(paths(bench.candidate.requests)) == ["/a?x=1", "/b", "/c"]
    assert replay.tally.done == 3
    assert {name: route["requests"]["compared"] for name, route in bench.evidence().items()} == {
        "GET /a": 1,
        "GET /b": 1,
        "GET /c": 1,
    }


def test_a_difference_is_confirmed_by_asking_both_again(bench: Bench) -> None:
    bench.answer(candidate=json_answer({"n": "1"}))
    bench.answer(legacy=json_answer({"n": 1}))
    bench.replay(bench.urls("/a"))
    assert len(bench.legacy.requests) == len(bench.candidate.requests) == 3
    assert bench.evidence()["GET /a"]["differences"] == [("$.n", "number-as-string", 1, 1)]


def test_what_is_under_base_goes_to_both_sides(bench: Bench) -> None:
    file = bench.folder / "urls.txt"
    file.write_text("http://127.0.0.1:8080/api/a\nhttp://127.0.0.1:8080/apis/b\nhttp://elsewhere.example/api/c\n")
    from shadow.routes.sides import BaseUrl

    replay = bench.replay(file, base=BaseUrl.parse("http://127.0.0.1:8080/api"))
    assert paths(bench.legacy.requests) == ["/kong/a"]
    assert paths(bench.candidate.requests) == ["/a"]
    assert replay.tally.left == {Left.ELSEWHERE: 2}


def test_a_sessions_requests_keep_their_order_and_sessions_run_side_by_side(bench: Bench) -> None:
    meet = threading.Barrier(2, timeout=20)

    def together(handler: Any) -> Any:
        # Only where both sessions are under way at once can both get an answer.
        if handler.path.endswith("/0"):
            meet.wait()
        return echo(handler)

    bench.answer(legacy=together)
    entries = [{"url": f"/kong/{name}/{step}", "client": name} for step in range(10) for name in ("ann", "bob")]
    bench.replay(bench.record(*entries))
    assert not meet.broken
    for requests, base in ((bench.legacy.requests, "/kong"), (bench.candidate.requests, "")):
        for name in ("ann", "bob"):
            mine = [path for path in paths(requests) if f"/{name}/" in path]
            assert mine == [f"{base}/{name}/{step}" for step in range(10)]


def test_recorded_credentials_are_never_sent_and_the_principal_is_who_really_asked(bench: Bench) -> None:
    bench.configure("", legacy=f'headers = {{ authorization = "Bearer {jwt("tester")}" }}')
    secrets = ["Bearer recorded-token-1", "Bearer recorded-token-2"]
    headers = [
        {"Authorization": one, "Cookie": "session=recorded", "X-Api-Key": "recorded", "Accept": "x/y"}
        for one in secrets
    ]
    replay = bench.replay(bench.record(*({"url": "/kong/a", "headers": one} for one in headers)))
    for _, _, sent in [*bench.legacy.requests, *bench.candidate.requests]:
        assert "recorded" not in str(sent)
        assert sent["Accept"] == "x/y"
    assert {sent.get("authorization") for _, _, sent in bench.legacy.requests} == {f"Bearer {jwt('tester')}"}
    assert {sent.get("authorization") for _, _, sent in bench.candidate.requests} == {None}
    # Two people in the recording, but one who asks: the same request twice.
    assert bench.evidence()["GET /a"]["requests"]["distinct"] == 1
    assert replay.without_credentials == 2


def test_recorded_credentials_can_be_kept(bench: Bench) -> None:
    headers = [{"Authorization": f"Bearer {jwt(who)}"} for who in ("ann", "bob")]
    bench.replay(bench.record(*({"url": "/kong/a?token=abc123456", "headers": one} for one in headers)), keep_auth=True)
    assert {sent["Authorization"] for _, _, sent in bench.candidate.requests} == {
        each["Authorization"] for each in headers
    }
    assert bench.evidence()["GET /a"]["requests"]["distinct"] == 2


@pytest.mark.parametrize("token", [jwt("robot"), "opaque-1"])
def test_the_principal_of_a_sides_own_auth_is_one_however_its_tokens_change(bench: Bench, token: str) -> None:
    minted = bench.folder / "token"
    minted.write_text(token)
    bench.configure("", legacy=f'auth = {{ file = "{minted}" }}', candidate=f'auth = {{ file = "{minted}" }}')
    bench.replay(bench.urls("/a"))
    minted.write_text(token.replace("opaque-1", "opaque-2"))
    bench.replay(bench.urls("/a"))
    assert bench.legacy.requests[0][2]["Authorization"] == f"Bearer {token}"
    assert bench.evidence()["GET /a"]["requests"]["distinct"] == 1


def test_what_holds_a_secret_is_counted_and_not_sent(bench: Bench) -> None:
    file = bench.record(
        {"url": "/kong/reset?token=abcdef0123456789"},
        {"url": "/kong/a", "redacted": ["target"]},
        {"url": "/kong/b", "redacted": ["response"]},
    )
    replay = bench.replay(file)
    assert paths(bench.candidate.requests) == ["/b"]
    assert replay.tally.done == 3
    found = bench.evidence()
    assert found["GET /reset"]["requests"]["skipped"]["redacted"] == 1
    assert found["GET /a"]["requests"]["skipped"]["redacted"] == 1
    assert found["GET /b"]["requests"]["compared"] == 1


def test_writes_follow_the_policy(bench: Bench) -> None:
    bench.configure('[[route]]\nmatch = "POST /isolated"\nwrites = "isolated"')
    body = {"headers": {"Content-Type": "application/json"}, "body": '{"a": 1}'}
    file = bench.record(
        {"method": "POST", "url": "/kong/isolated", **body},
        {"method": "POST", "url": "/kong/other", **body},
        {"method": "GET", "url": "/kong/other?_method=DELETE"},
    )
    bench.replay(file)
    assert [(method, path) for method, path, _ in bench.legacy.requests] == [("POST", "/kong/isolated")]
    assert [(method, path) for method, path, _ in bench.candidate.requests] == [("POST", "/isolated")]
    found = bench.evidence()
    assert found["POST /isolated"]["requests"]["compared"] == 1
    assert found["POST /other"]["requests"]["skipped"]["write"] == 1
    assert found["GET /other"]["requests"]["skipped"]["write"] == 1


def test_a_write_that_legacy_got_before_a_pause_goes_to_the_candidate_after_it(bench: Bench) -> None:
    bench.configure('[[route]]\nmatch = "POST /isolated"\nwrites = "isolated"')
    file = bench.record({"method": "POST", "url": "/kong/isolated"})

    async def go() -> None:
        replay = bench.prepare(file)
        held = asyncio.Event()

        def pause(handler: Any) -> Any:
            with open_store(bench.settings) as store:
                store.pause()
            while not replay._switch.paused:
                time.sleep(0.01)
            loop.call_soon_threadsafe(held.set)
            return echo(handler)

        loop = asyncio.get_running_loop()
        bench.answer(legacy=pause)
        running = asyncio.create_task(replay.run())
        await held.wait()
        # Whoever would send it, or give it up, while it is paused has many turns here.
        await asyncio.sleep(0.3)
        assert bench.candidate.requests == []
        with open_store(bench.settings) as store:
            store.resume()
        await running

    asyncio.run(go())
    assert len(bench.legacy.requests) == len(bench.candidate.requests) == 1
    assert bench.evidence()["POST /isolated"]["requests"]["compared"] == 1


def test_without_credentials_for_the_candidate_no_write_goes_to_legacy(bench: Bench) -> None:
    writes = '[[route]]\nmatch = "POST /isolated"\nwrites = "isolated"'
    bench.configure(writes, candidate=f'auth = {{ file = "{bench.folder}/nothing" }}')
    bench.replay(bench.record({"method": "POST", "url": "/kong/isolated"}))
    assert bench.legacy.requests == bench.candidate.requests == []
    assert bench.evidence()["POST /isolated"]["requests"]["failed"] == 1


def test_distinct_requests_once_only_some_routes_and_no_more_than_wanted(bench: Bench) -> None:
    file = bench.urls(*(f"/a/{n % 5}" for n in range(20)), *(f"/b/{n}" for n in range(20)))
    replay = bench.replay(file, dedupe=True, routes=("GET /a/*",))
    assert len(bench.candidate.requests) == 5
    assert replay.tally.left == {Left.REPEATED: 15, Left.OTHER_ROUTE: 20}
    assert bench.replay(file, limit=7).tally.done == 7
    assert len(bench.candidate.requests) == 12


def test_a_sample_keeps_sessions_whole_and_the_seed_chooses_it(bench: Bench) -> None:
    entries = [{"url": f"/kong/{n}/{step}", "client": str(n)} for n in range(20) for step in range(2)]
    file = bench.record(*entries)
    chosen = []
    for seed in ("a", "a", "b"):
        bench.candidate.requests.clear()
        bench.replay(file, sample=0.5, seed=seed)
        sent = paths(bench.candidate.requests)
        chosen.append({path.split("/")[1] for path in sent})
        assert len(sent) == 2 * len(chosen[-1])
    assert chosen[0] == chosen[1] != chosen[2]
    assert 2 < len(chosen[0]) < 18


def test_an_interrupted_replay_resumed_gives_the_evidence_of_an_uninterrupted_one(
    bench: Bench, another: Callable[[str], Bench]
) -> None:
    def faulty(handler: Any) -> Any:
        status, headers, body = echo(handler)
        return status, headers, body.replace(b'"n": 1', b'"n": "1"') if handler.path.endswith("7") else body

    def make(one: Bench) -> Any:
        one.answer(candidate=faulty)
        entries = [{"url": f"/kong/things/{n % 30}", "client": str(n % 4)} for n in range(60)]
        return one.record(*entries, {"url": "/kong/broken", "method": 7})

    whole = another("whole")
    whole.replay(make(whole))

    file = make(bench)

    async def interrupted() -> None:
        replay = bench.prepare(file, resume=True)
        before = len(bench.candidate.requests)

        def count(handler: Any) -> Any:
            if len(bench.candidate.requests) - before == 15:
                loop.call_soon_threadsafe(replay.stop)
            return faulty(handler)

        loop = asyncio.get_running_loop()
        bench.answer(candidate=count)
        await replay.run()
        done.append(replay.tally.done)
        assert replay.stopped
        assert not replay.finished

    done: list[int] = []
    asyncio.run(interrupted())
    asyncio.run(interrupted())
    assert 0 < done[0] < 50
    last = bench.replay(file, resume=True)
    assert last.tally.before == sum(done)
    assert last.tally.done + last.tally.before == 60
    assert bench.evidence() == whole.evidence()


def test_a_replay_that_is_killed_as_soon_as_it_goes_on_forgets_nothing(bench: Bench) -> None:
    file = bench.urls(*(f"/a/{n}" for n in range(5)))
    with open_store(bench.settings, create=True) as store:
        # As a process leaves it that is killed while it waits for the answer to the third.
        store.record([], run=bench.prepare(file).run_name, numbers=[2, 4])

    async def stopped_at_once() -> None:
        replay = bench.prepare(file, resume=True)
        replay.stop()
        await replay.run()

    asyncio.run(stopped_at_once())
    last = bench.replay(file, resume=True)
    assert last.tally.before == 3
    assert sorted(paths(bench.candidate.requests)) == ["/a/2", "/a/4"]


def test_what_was_finished_is_not_sent_again_by_going_on(bench: Bench) -> None:
    file = bench.urls("/a", "/b")
    replay = bench.replay(file)
    assert replay.finished
    with open_store(bench.settings) as store:
        replay.note_finished(store)
    last = bench.replay(file, resume=True)
    assert last.finished
    assert (last.tally.chosen, last.tally.before, last.tally.done) == (2, 2, 0)
    assert len(bench.candidate.requests) == 2
    assert bench.replay(file).tally.done == 2


def test_a_write_that_may_have_been_sent_is_not_sent_again(bench: Bench) -> None:
    bench.configure('[[route]]\nmatch = "POST /isolated"\nwrites = "isolated"')
    file = bench.record(*({"method": "POST", "url": f"/kong/isolated?n={n}"} for n in range(3)))
    replay = bench.prepare(file)
    with open_store(bench.settings, create=True) as store:
        # As a process leaves it that is killed while it waits for the answer to the second.
        store.record([], run=replay.run_name, numbers=[0, 1, SENT + 1, SENT + 2])
    last = bench.replay(file, resume=True)
    assert last.tally.before == 1
    assert paths(bench.legacy.requests) == ["/kong/isolated?n=2"]
    assert bench.evidence()["POST /isolated"]["requests"]["lost"] == 1


def test_before_a_write_is_sent_the_store_knows_of_it(bench: Bench) -> None:
    bench.configure('[[route]]\nmatch = "POST /isolated"\nwrites = "isolated"')
    file = bench.record({"method": "POST", "url": "/kong/isolated"})
    known: list[set[int]] = []

    async def go() -> None:
        replay = bench.prepare(file)

        def look(handler: Any) -> Any:
            with open_store(bench.settings) as store:
                known.append(store.ledger(replay.run_name))
            return echo(handler)

        bench.answer(legacy=look)
        await replay.run()

    asyncio.run(go())
    assert known == [{0, SENT + 1}]


def test_a_side_that_is_gone_ends_the_replay_and_is_no_evidence(bench: Bench) -> None:
    gone = bench.candidate
    file = bench.urls(*(f"/a/{n}" for n in range(30)))
    gone.close()
    with pytest.raises(BackendError, match="candidate gives no answers at all"):
        bench.replay(file)
    # No request has failed: it goes on with all of them.
    assert sum(route["requests"]["seen"] for route in bench.evidence().values()) == 0


def test_a_side_that_was_gone_for_a_while_is_waited_for_and_is_no_evidence(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("FIRST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(f"shadow.mirror.breaker.{pause}", 0.02)

    def away(handler: Any) -> Any:
        # Long enough for the breaker to open, though a connection that was closed is tried twice.
        return b"" if 20 < len(bench.candidate.requests) < 50 else echo(handler)

    bench.answer(candidate=away)
    bench.replay(bench.urls(*(f"/a/{n}" for n in range(40))), concurrency=4)
    found = bench.evidence()["GET /a/{id}"]
    assert found["requests"]["compared"] == 40
    assert found["requests"]["failed"] == 0
    assert found["errors"]["connection"] == 0


def test_a_route_that_never_answers_is_evidence_and_holds_up_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("FIRST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(f"shadow.mirror.breaker.{pause}", 0.02)

    def never(handler: Any) -> Any:
        return b"" if handler.path.startswith("/b/") else echo(handler)

    bench.answer(candidate=never)
    kinds = ("a",) * 5 + ("b",) * 12
    bench.replay(bench.urls(*(f"/{kind}/{n}" for n, kind in enumerate(kinds))), concurrency=4)
    found = bench.evidence()
    assert found["GET /b/{id}"]["requests"]["failed"] == found["GET /b/{id}"]["errors"]["connection"] == 12
    assert found["GET /a/{id}"]["requests"]["seen"] == found["GET /a/{id}"]["requests"]["compared"] == 5


def test_what_neither_side_answers_is_not_held_against_the_candidate(bench: Bench) -> None:
    def one_fails(handler: Any) -> Any:
        return b"" if "/never/" in handler.path else echo(handler)

    bench.answer(legacy=one_fails, candidate=one_fails)
    bench.replay(bench.urls("/a", "/never/1", "/b", "/never/2", "/c"), concurrency=1)
    found = bench.evidence()["GET /never/{id}"]
    assert found["requests"]["failed"] == 2
    assert found["errors"]["connection"] == 0


def test_a_single_request_that_fails_is_evidence(bench: Bench) -> None:
    def one_fails(handler: Any) -> Any:
        return b"" if handler.path == "/a/3" else echo(handler)

    bench.answer(candidate=one_fails)
    bench.replay(bench.urls(*(f"/a/{n}" for n in range(6))), concurrency=1)
    found = bench.evidence()["GET /a/{id}"]
    assert found["requests"]["failed"] == 1
    assert found["requests"]["compared"] == 5
    assert found["errors"]["connection"] == 1


def test_the_candidate_can_be_compared_with_what_legacy_had_answered(bench: Bench) -> None:
    def recorded(n: Any, **more: Any) -> dict[str, Any]:
        response = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps({"n": n})}
        return {"url": f"/kong/a/{n}", "response": response | more}

    bench.answer(candidate=json_answer({"n": 1}))
    file = bench.record(
        recorded(1),
        recorded(2),
        recorded(3, status=304),
        {"url": "/kong/a/4"},
        {"url": f"{bench.candidate.url}/a/5", "response": recorded(5)["response"]},
    )
    replay = bench.replay(file, recorded_legacy=True)
    assert bench.legacy.requests == []
    assert sorted(paths(bench.candidate.requests)) == ["/a/1", "/a/2"]
    assert replay.tally.left == {Left.NO_ANSWER: 3}
    assert bench.evidence()["GET /a/{id}"]["divergence"] == 1


def test_a_recording_without_its_secrets_is_compared_without_the_candidates(bench: Bench) -> None:
    from shadow.exchange import Exchange, Request, Response
    from shadow.redact import Redactor

    answer = {"token": "s3cret-of-the-answer", "n": 1}
    request = Request("GET", "/kong/a", [])
    response = Response(200, [("Content-Type", "application/json")], json.dumps(answer).encode())
    redacted = (
        Redactor.from_settings(bench.settings).exchange(Exchange(Side.LEGACY, request, response, 0.0, 0.0)).response
    )
    assert isinstance(redacted, Response)
    assert b"s3cret" not in redacted.body
    written = {"status": 200, "headers": redacted.headers, "body": redacted.body.decode()}
    file = bench.record({"url": "/kong/a", "response": written, "redacted": ["response"]})
    bench.answer(candidate=json_answer(answer))
    bench.replay(file, recorded_legacy=True)
    assert bench.evidence()["GET /a"]["divergence"] == 0
    bench.answer(candidate=json_answer(answer | {"token": "another"}))
    bench.replay(file, recorded_legacy=True)
    assert bench.evidence()["GET /a"]["divergence"] == 1


def test_marks_of_another_key_are_not_compared(bench: Bench) -> None:
    from shadow.redact import Redactor

    def recorded(path: str, token: str) -> dict[str, Any]:
        body = json.dumps({"path": path, "token": token})
        return {
            "url": f"/kong{path}",
            "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": body},
        }

    entries = recorded("/a", "[redacted string:0123456789abcdef]"), recorded("/b", "")
    own = Redactor.from_settings(bench.settings).key_name
    for key, left in ((own, {}), ("00000000", {Left.OTHER_KEY: 1})):
        file = bench.record({"shadow": "recording/1", "key": key}, *entries)
        assert bench.replay(file, recorded_legacy=True).tally.left == left
    assert sorted(paths(bench.candidate.requests)) == ["/a", "/b", "/b"]


def test_a_store_that_stays_locked_at_the_end_is_an_error_and_no_evidence_is_given_up_in_silence(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.configure('[store]\nurl = "sqlite:///shadow.db?timeout=0.5"')
    monkeypatch.setattr("shadow.replay.storing.PATIENCE", 0.1)
    file = bench.urls("/a/1", "/a/2")
    with closing(sqlite3.connect(bench.folder / "shadow.db", isolation_level=None, check_same_thread=False)) as other:

        def lock(handler: Any) -> Any:
            if handler.path == "/a/2":
                other.execute("BEGIN IMMEDIATE")
            return echo(handler)

        bench.answer(candidate=lock)
        with pytest.raises(StoreError, match="locked"):
            bench.replay(file, concurrency=1)
        other.execute("ROLLBACK")
    bench.answer(candidate=echo)
    last = bench.replay(file, resume=True)
    assert last.tally.before + last.tally.done == 2
    assert bench.evidence()["GET /a/{id}"]["requests"]["compared"] == 2


def test_a_long_wait_for_the_recorded_timing_is_told(bench: Bench) -> None:
    file = bench.record({"url": "/kong/a", "at": 1.0}, {"url": "/kong/b", "at": 20_000_001.0})

    async def go() -> None:
        replay = bench.prepare(file, speed=2.0)

        def say(line: str) -> None:
            bench.said.append(line)
            replay.stop()

        replay._say = say
        await replay.run()

    asyncio.run(go())
    assert bench.said == ["as it was recorded, the next request is due in 2,778 h"]


def test_broken_entries_are_told_with_their_place_and_skipped(bench: Bench) -> None:
    file = bench.record({"url": "/kong/a"}, *({"nothing": 1} for _ in range(12)), {"url": "/kong/b"})
    replay = bench.replay(file)
    assert replay.tally.done == 2
    assert replay.tally.broken.total() == 12
    assert bench.said[0].startswith(f"{file}, line 2: ")
    assert len(bench.said) == 10
    assert bench.said[-1].endswith("further ones are only counted")
