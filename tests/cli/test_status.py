"""`shadow status`."""

from __future__ import annotations

import time

import pytest

from shadow.cli import main
from shadow.cli.status import ago
from shadow.compare import compare
from shadow.config.load import load_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Observation
from shadow.exchange import Response
from shadow.store import open_store

JSON = [("Content-Type", "application/json")]
TOML = """
[legacy]
url = "https://api.example.com/kong"
[candidate]
url = "https://api.example.com"
"""


@pytest.fixture
def config(tmp_path, monkeypatch):
    file = tmp_path / "shadow.toml"
    file.write_text(TOML)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return file


def status(config, capsys) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["status", "--config", str(config)])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_an_empty_store_has_nothing_to_show(config, capsys):
    open_store(load_settings(config), create=True).close()
    shown = status(config, capsys)
    assert "mirroring: on" in shown
    assert "nothing has been recorded yet" in shown
    assert "running:   no proxy and no replay" in shown


def test_routes_proxies_and_the_pause_are_shown(config, capsys):
    settings = load_settings(config)
    epoch = epoch_for(settings, "GET /orders/{orderId}", "", "")
    now = time.time()
    seen = [
        Observation(
            epoch=epoch,
            at=now - 1,
            outcome="compared",
            legacy_ok=True,
            distinct=bytes([number % 4]) * 16,
            signature=signature,
        )
        for number, signature in enumerate([(), (), (), ("aaaaaaaaaaaa",), ()])
    ]
    with open_store(settings, create=True) as store:
        store.record([*seen, Observation(epoch=epoch, at=now - 1, outcome="shed", weight=1000)])
        store.heartbeat("run", pid=4711, host="here", listen="127.0.0.1:8080", queue=12, shed=1000, now=now)
        store.pause()
    shown = status(config, capsys)
    assert "mirroring: paused" in shown
    assert "127.0.0.1:8080  on here, pid 4711, started now, 12 waiting, 1,000 shed" in shown
    (line,) = (line for line in shown.splitlines() if "GET /orders/{orderId}" in line)
    assert line.startswith("✗ not ready     GET /orders/{orderId}  ")
    assert "1,005 seen, 5 compared, 4 distinct, 1 differs, last 1 s ago" in line
    assert "1 of 4 distinct requests differ" in line
    assert shown.endswith("the one required route is not ready\n")


def test_what_is_accepted_or_noise_does_not_count_as_differing(config, capsys):
    settings = load_settings(config)
    epoch = epoch_for(settings, "GET /a", "", "")
    now = time.time()
    (price,) = compare(*(Response(200, JSON, body) for body in (b'{"price": 1.5}', b'{"price": "1.5"}')))
    seen = [
        Observation(
            epoch=epoch,
            at=now,
            outcome="compared",
            legacy_ok=True,
            distinct=bytes([number]) * 16,
            signature=(price.fingerprint,),
            differences=(price,),
        )
        for number in range(3)
    ]
    with open_store(settings, create=True) as store:
        store.record(seen)
    assert "3 distinct, 3 differ" in status(config, capsys)
    with config.open("a") as file:
        file.write('[[accept]]\npath = "$.price"\nreason = "clients read both"\n')
    assert "3 distinct, 0 differ" in status(config, capsys)


def test_whether_mirroring_is_on_is_told_even_where_an_inventory_is_missing(config, capsys):
    with config.open("a") as file:
        file.write('[routes]\nfrom = ["gone.yml"]\n')
    open_store(load_settings(config), create=True).close()
    with pytest.raises(SystemExit) as ended:
        main(["status", "--config", str(config)])
    assert ended.value.code == 2
    assert "mirroring: on" in capsys.readouterr().out


def test_what_is_held_back_because_a_side_gives_no_answers_is_shown(config, capsys):
    with open_store(load_settings(config), create=True) as store:
        alive = {"host": "here", "queue": 0, "shed": 0}
        store.heartbeat("well", pid=1, listen="127.0.0.1:1", **alive)
        store.heartbeat("held", pid=2, listen="127.0.0.1:2", held="nothing is sent to candidate", **alive)
    shown = status(config, capsys)
    assert [line.split(maxsplit=1)[1] for line in shown.splitlines() if line.startswith("breaker:")] == [
        "127.0.0.1:2: nothing is sent to candidate"
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (0.9, "now"),
        (1, "1 s ago"),
        (59.9, "59 s ago"),
        (60, "1 min ago"),
        (7200, "2 h ago"),
        (1e6, "11 d ago"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit(seconds, words):
    assert ago(seconds) == words
