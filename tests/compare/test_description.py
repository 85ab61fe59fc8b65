"""No difference says more than can be read, or anything that a terminal would take for a command."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.exchange import Response

ESCAPE = "\x1b[31m\x9b"


def answer(status: int = 200, body: str = "", **headers: str) -> Response:
    return Response(status, [(name.replace("_", "-"), value) for name, value in headers.items()], body.encode())


def nested(value: str) -> str:
    for level in range(150):
        value = f'{{"{"n" * 300}{level}": {value}}}'
    return value


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        (answer(503, f'{{"message": "{ESCAPE[2:]}\\u001b"}}'), answer()),
        (answer(503, f"<title>503 {ESCAPE}</title>"), answer()),
        (answer(502, '{"errorType": "\\u001b", "errorMessage": "x"}'), answer()),
        (answer(content_type=f"text/{ESCAPE}" + "x" * 5000), answer(content_type="text/html")),
        (answer(set_cookie=f"{ESCAPE}{'n' * 5000}=1"), answer()),
        (answer(set_cookie=f"n=1; Path=/{'p' * 5000}"), answer(set_cookie="n=1; Path=/")),
        (answer(**{f"X{ESCAPE}": "1"}), answer()),
        (answer(body="x", content_encoding="z" * 5000), answer(body="y")),
        (answer(body=f"<{'b' * 5000}></a>", content_type="text/xml"), answer(body="<a/>", content_type="text/xml")),
        (answer(body=f'{{"{ESCAPE[5:]}\\u001b": 1}}'), answer(body="{}")),
        (answer(body=nested("1")), answer(body=nested("2"))),
    ],
)  # fmt: skip
def test_all_that_a_difference_says_is_short_and_legible(legacy: Response, candidate: Response) -> None:
    found = compare(legacy, candidate)
    assert found
    for difference in found:
        assert len(difference.summary) <= 1200
        assert max(len(difference.path), len(difference.pattern)) <= 4000
        for said in (difference.summary, difference.path, difference.pattern):
            assert not any(character < " " or "\x7f" <= character < "\xa0" for character in said)
