"""What there is to see, as shadow.toml and the store change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shadow.config.load import load_settings
from shadow.report.html.anchors import anchor
from shadow.serve.source import Source

ORDERS = "GET /orders/{orderId}"


def opened(project: Any) -> Source:
    return Source(load_settings(project.config))


def test_a_look_at_what_has_not_changed_gives_the_very_same_state(project: Any) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    source = opened(project)
    assert source.look() is source.look()


def test_another_server_finds_the_same_id(project: Any) -> None:
    """Or each restart would make every page fetch everything."""
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    one, other = opened(project).look(), opened(project).look()
    assert one.parts == other.parts or one.document.generated_at // 60 != other.document.generated_at // 60
    assert (one.id == other.id) == (one.parts == other.parts)


def test_evidence_changes_the_parts_that_it_belongs_to(project: Any) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    project.seen("GET /other", {"x": 1}, {"x": 1}, 20)
    source = opened(project)
    before = source.look()
    project.seen(ORDERS, {"x": 1}, {"x": 2}, 1)
    after = source.look()
    changed = {name for name, part in after.parts.items() if before.parts[name].digest != part.digest}
    assert changed == {"overview", anchor(ORDERS)}
    assert after.id != before.id
    summary = msgspec.json.decode(after.summary)
    assert summary["routes"] == [[name, part.digest] for name, part in after.parts.items() if name != "overview"]
    assert summary["frame"] == msgspec.json.decode(before.summary)["frame"], "the page would be loaded again"


def test_an_acceptance_counts_at_once_and_what_is_broken_changes_nothing(project: Any) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 2}, 20)
    source, text = opened(project), project.config.read_text()
    first = source.look()
    assert [route.verdict for route in first.document.verdicts] == ["not-ready"]
    project.configure(text + "[[accept]]\nroutes = 1\n")
    broken = source.look()
    assert "accept[0].routes" in broken.trouble
    assert broken.parts == first.parts
    assert broken.id != first.id
    project.configure(text + f'[[accept]]\nroutes = ["{ORDERS}"]\npath = "$.x"\nreason = "fine"\n')
    accepted = source.look()
    assert accepted.trouble == ""
    assert [route.verdict for route in accepted.document.verdicts] == ["ready"]
    project.config.unlink()
    assert "does not exist" in source.look().trouble


def test_a_store_that_is_not_there_yet_is_said_and_found_when_it_comes(project: Any) -> None:
    source = opened(project)
    nothing = source.look()
    assert "nothing has been recorded yet" in nothing.trouble
    assert b"No route is known yet" in nothing.page
    assert nothing is source.look()
    assert not project.store.exists()
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    found = source.look()
    assert found.trouble == ""
    assert anchor(ORDERS) in found.parts


def _lost(file: Path) -> None:
    file.unlink()


def _damaged(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)


@pytest.mark.parametrize(("harm", "said"), [(_lost, "there is no store at"), (_damaged, "is not a SQLite database")])
def test_a_store_that_is_lost_leaves_the_last_report_and_says_why(
    project: Any, harm: Callable[[Path], None], said: str
) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    source = opened(project)
    before = source.look()
    kept = project.store.read_bytes()
    harm(project.store)
    trouble = source.look()
    assert said in trouble.trouble
    assert trouble.parts == before.parts
    project.store.unlink(missing_ok=True)
    project.store.write_bytes(kept)
    assert source.look().trouble == ""


def test_a_store_that_can_t_be_read_from_the_start_is_said(project: Any) -> None:
    _damaged(project.store)
    source = opened(project)
    failed = source.look()
    assert "is not a SQLite database" in failed.trouble
    assert b"Nothing could be judged" in failed.page
    project.store.unlink()
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    assert anchor(ORDERS) in source.look().parts


def test_reading_leaves_the_store_as_it_is(project: Any) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 2}, 20)
    before = project.store.read_bytes()
    source = opened(project)
    source.look()
    source.look()
    assert project.store.read_bytes() == before
    assert not (project.folder / "reports").exists()


def test_what_is_said_of_trouble_holds_no_hidden_characters(project: Any) -> None:
    source = opened(project)
    source.look()
    project.configure('[legacy]\n"\\u202e\\u0007" = 1\n')
    trouble = source.look().trouble
    assert "‹U+202E›" in trouble
    assert "\u202e" not in trouble
    assert trouble.count("\n") >= 1, "one line for each problem"
