from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from shadow.config.cautions import cautions, mirrored_writes, missing_files
from shadow.config.settings import Settings

Load = Callable[..., Settings]
TODAY = dt.date(2026, 5, 4)
SIDES = '[legacy]\nurl="https://a.test/a"\n[candidate]\nurl="https://b.test"\nversion="1"\n'


def warned(settings: Settings) -> list[str]:
    return [problem.key for problem in cautions(settings, TODAY)]


def test_a_careful_configuration_gets_no_warning(load: Load) -> None:
    assert warned(load("[[route]]\nmatch='PUT /a'\nwrites='never'", sides=SIDES)) == []


def test_statuses_that_are_accepted_everywhere_by_oversight_get_a_warning(load: Load) -> None:
    block = "[[accept]]\nstatus=[200, 500]\nreason='known'\n"
    (problem,) = cautions(load(block, sides=SIDES), TODAY)
    assert problem.key == "accept[0].routes"
    assert "`status = [200, 500]` is accepted on every route" in problem.sentence
    assert warned(load(block + "routes=['*']\n", sides=SIDES)) == [], "somebody has said so"
    assert warned(load("[[accept]]\nheader='etag'\nreason='known'\n", sides=SIDES)) == []


def test_mirrored_writes_get_a_warning_about_a_shared_database(load: Load) -> None:
    settings = load(
        "[[route]]\nmatch='GET /x'\n[[route]]\nmatch='PUT /a'\nwrites='idempotent'\n"
        "[[route]]\nmatch='POST /b'\nwrites='isolated'",
        sides=SIDES,
    )
    first, second = cautions(settings, TODAY)
    assert (first.key, second.key) == ("route[1].writes", "route[2].writes")
    assert all("database" in problem.sentence for problem in (first, second))
    assert "PUT /a" in first.sentence
    assert "POST /b" in second.sentence


def test_the_start_names_every_route_whose_writes_are_mirrored_and_says_what_may_happen(load: Load) -> None:
    settings = load(
        "[[route]]\nmatch='GET /x'\n[[route]]\nmatch='PUT /a'\nwrites='idempotent'\n"
        "[[route]]\nmatch='POST /orders'\nwrites='isolated'\n[[route]]\nmatch='POST /b'\nwrites='never'",
        sides=SIDES,
    )
    said = mirrored_writes(settings)
    assert [line.split() for line in said.splitlines()[1:3]] == [
        ["PUT", "/a", "writes", "=", '"idempotent"'],
        ["POST", "/orders", "writes", "=", '"isolated"'],
    ]
    assert "one database" in said
    assert "/b" not in said
    assert mirrored_writes(load("[[route]]\nmatch='PUT /a'\nwrites='never'", sides=SIDES)) == ""


def test_without_a_version_builds_may_be_mixed(load: Load) -> None:
    assert warned(load()) == ["candidate.version"]
    assert warned(load(sides=SIDES.replace("version", "version_header"))) == []


def test_unchecked_certificates_get_a_warning_where_there_is_tls(load: Load) -> None:
    assert warned(load(sides=SIDES + "verify=false\n")) == ["candidate.verify"]
    assert warned(load(sides=SIDES.replace("https://b", "http://b") + "verify=false\n")) == []


def test_a_store_for_several_machines_needs_one_redaction_key(load: Load) -> None:
    store = '[store]\nurl="postgresql+psycopg://h/db"\n'
    assert warned(load(store, sides=SIDES)) == ["redact.key"]
    assert warned(load(store + '[redact]\nkey="k"', sides=SIDES)) == []


def test_a_rule_that_says_what_holds_anyway_gets_a_warning(load: Load) -> None:
    rule = "[[compare.rule]]\npath='$.a'\n{}\n"
    idle = ("unordered=false", "null_is_missing=false", "case=true", "trim=false", "ordered=false")
    assert warned(load("".join(map(rule.format, idle)), sides=SIDES)) == [
        f"compare.rule[{index}].{way.partition('=')[0]}" for index, way in enumerate(idle)
    ]
    effective = ("unordered=true", "null_is_missing=true", "case=false", "trim=true", "ordered=true", "tolerance=0")
    assert warned(load("".join(map(rule.format, effective)), sides=SIDES)) == []


def test_an_acceptance_gets_a_warning_from_the_day_after_its_last(load: Load) -> None:
    accept = '[[accept]]\nheader="a"\nreason="r"\nuntil={}\n'
    assert warned(load(accept.format("2026-05-04"), sides=SIDES)) == []
    assert warned(load(accept.format("2026-05-03"), sides=SIDES)) == ["accept[0].until"]


def test_every_file_that_is_named_but_not_there_is_found(load: Load, tmp_path: Path) -> None:
    for name in ("there.yml", "ca.pem", "c.pem"):
        (tmp_path / name).touch()
    sides = (
        '[legacy]\nurl="https://a.test/a"\nverify="ca.pem"\n'
        '[candidate]\nurl="https://b.test"\nverify="gone.pem"\nclient_cert=["c.pem", "k.pem"]\n'
    )
    found = missing_files(load('[routes]\nfrom=["there.yml", "gone.yml"]', sides=sides))
    assert {problem.key for problem in found} == {"routes.from[1]", "candidate.verify", "candidate.client_cert[1]"}
    assert all(str(tmp_path) in problem.sentence for problem in found)
