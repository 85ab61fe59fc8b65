"""A rule that changes nothing is a mistake that somebody made: it is told wherever verdicts are."""

from __future__ import annotations

from tests.e2e.conftest import json_answer, shadow

LEGACY = {"price": "12.50", "total": 12.5, "items": [1, 2], "at": "2024-01-01T00:00:00Z"}
CANDIDATE = {**LEGACY, "items": [2, 1], "total": 12.51}
RULES = """
[[compare.rule]]
path = "$.prise"
tolerance = 0.01

[[compare.rule]]
path = "$.price"
tolerance = 0.02

[[compare.rule]]
path = "$.total"
tolerance = 0.03

[[compare.rule]]
path = "$.items"
unordered = true

[[compare.rule]]
routes = ["GET /users/*"]
path = "$.name"
null_is_missing = true
"""


def test_rules_with_a_typo_or_for_other_values_are_told_and_those_that_hold_are_not(backend, proxy, client):
    running = proxy(backend(json_answer(LEGACY)), backend(json_answer(CANDIDATE)), RULES)
    for order in (1, 2, 3):
        client.get(f"{running.url}/kong/orders/{order}")
    client.get(f"{running.url}/kong/users/1")

    running.stop()
    typo, texts = running.report()["notes"]
    assert typo == (
        'a [[compare.rule]] block selects nothing: `path = "$.prise"` (`tolerance = 0.01`) found nothing in '
        "4 compared responses of `GET /orders/{id}`, `GET /users/{id}`; check its path"
    )
    assert texts == (
        "a [[compare.rule]] block holds for nothing that it selects: `tolerance = 0.02` needs numbers; "
        "`$.price` had strings on `GET /orders/{id}`, `GET /users/{id}`; check its path, or compare in another way"
    )
    assert running.route("GET /orders/{id}")["differences"] == []
    assert running.route("GET /orders/{id}")["requests"]["seen"] == 3

    page = (running.folder / "reports" / "index.html").read_text()
    assert "found nothing in 4 compared responses" in page
    gate = shadow("gate", cwd=running.folder)
    assert [line for line in gate.stderr.splitlines() if "compare.rule" in line] == [f"note: {typo}", f"note: {texts}"]
    explained = shadow("explain", "GET /users/{id}", cwd=running.folder).stdout
    assert typo in explained
    assert texts in explained
    markdown = shadow("report", "--format", "markdown", "--out", ".", cwd=running.folder)
    assert markdown.returncode == 0, markdown.stderr
    assert "needs numbers" in "".join(path.read_text() for path in running.folder.glob("*.md"))
