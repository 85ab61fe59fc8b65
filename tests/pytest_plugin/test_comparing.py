"""`shadow_compare`, in tests as a user writes them, with real responses of a real server."""

from __future__ import annotations

import gzip
import json
from importlib.util import find_spec
from typing import Any

import pytest

CLIENTS = ["httpx", *(["requests"] if find_spec("requests") else [])]
"""requests is no dependency; test_responses.py has a stand-in with its attributes."""


def answer(body: Any, *headers: str, status: str = "200 OK", coded: bool = False, head: bool = False) -> bytes:
    content = json.dumps(body).encode()
    content = gzip.compress(content) if coded else content
    lines = ["Content-Type: application/json", f"Content-Length: {len(content)}", *headers]
    lines += ["Content-Encoding: gzip"] if coded else []
    start = "\r\n".join([f"HTTP/1.1 {status}", *lines]).encode() + b"\r\n\r\n"
    return start if head else start + content


def outcome(run: Any, client: str) -> pytest.RunResult:
    """requests does not survive that pytest forgets its modules after a run in this process."""
    return run.process() if client == "requests" else run.pytest()


def two_sides(backend: Any, legacy: bytes, candidate: bytes) -> None:
    backend.paths = {"/kong/a": legacy, "/a": candidate}


def write(run: Any, backend: Any, body: str, *, before: str = "", client: str = "httpx", method: str = "get") -> None:
    """A test file: one test with that body, in which `legacy` and `candidate` are the two responses."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    run.pytester.makepyfile(
        f"import pytest, {client} as client\n\n{before}\n"
        "def test_mine(shadow_compare):\n"
        f"    legacy = client.{method}('{backend.url}/kong/a')\n"
        f"    candidate = client.{method}('{backend.url}/a')\n"
        f"{lines}\n"
    )


PRICES = [{"items": [{"price": 1.5}, {"price": 2.5}]}, {"items": [{"price": "1.5"}, {"price": "2.5"}]}]


# -- responses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", CLIENTS)
def test_the_same_content_is_the_same_however_it_travelled(run: Any, backend: Any, client: str) -> None:
    two_sides(backend, answer({"a": 1}), answer({"a": 1}, "X-Request-Id: 5", coded=True))
    write(run, backend, "assert shadow_compare(legacy, candidate) == []", client=client)
    outcome(run, client).assert_outcomes(passed=1)


@pytest.mark.parametrize("client", CLIENTS)
def test_cookies_of_one_name_each_are_compared_each(run: Any, backend: Any, client: str) -> None:
    both = ("Set-Cookie: a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "Set-Cookie: b=2; Path=/")
    two_sides(backend, answer({}, *both), answer({}, *both[:1]))
    write(run, backend, "shadow_compare(legacy, candidate)", client=client)
    result = outcome(run, client)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*differ in 1 way:", "  header set-cookie *"])


@pytest.mark.parametrize("client", CLIENTS)
def test_answers_to_head_are_compared(run: Any, backend: Any, client: str) -> None:
    two_sides(backend, answer({"a": 1}, head=True), answer({"a": 1}, coded=True, head=True))
    write(run, backend, "assert shadow_compare(legacy, candidate) == []", client=client, method="head")
    outcome(run, client).assert_outcomes(passed=1)


def test_a_streamed_response_must_have_been_read(run: Any, backend: Any) -> None:
    two_sides(backend, answer({"a": 1}), answer({"a": 1}))
    stream = f"with client.stream('GET', '{backend.url}/a') as streamed:\n"
    write(run, backend, stream + "    shadow_compare(legacy, streamed)")
    result = run.pytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*.py:8: the body of the candidate response can't be read (ResponseNotRead)*read()*"])
    assert "Traceback" not in result.stdout.str()
    assert "During handling" not in result.stdout.str()
    write(run, backend, stream + "    streamed.read()\n    shadow_compare(legacy, streamed)")
    run.pytest().assert_outcomes(passed=1)


def test_responses_of_an_asynchronous_client_are_taken(run: Any, backend: Any) -> None:
    two_sides(backend, answer({"a": 1}, coded=True), answer({"a": 1}))
    run.pytester.makepyfile(
        f"""
        import asyncio, httpx

        def test_mine(shadow_compare):
            async def both():
                async with httpx.AsyncClient() as client:
                    return shadow_compare(await client.get("{backend.url}/kong/a"), await client.get("{backend.url}/a"))
            assert asyncio.run(both()) == []
        """
    )
    run.pytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "shadow_compare(legacy, None)",
            "shadow_compare takes responses of httpx or requests, *; candidate is a NoneType",
        ),
        ("shadow_compare(legacy, candidate, route='/a')", "route must be a method and a path such as *, not '/a'"),
    ],
)
def test_a_call_that_can_not_work_is_told_in_a_sentence(run: Any, backend: Any, call: str, message: str) -> None:
    two_sides(backend, answer({}), answer({}))
    write(run, backend, call)
    result = run.pytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*.py:7: {message}"])
    assert "Traceback" not in result.stdout.str()


# -- failures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["auto", "short", "native"])
def test_what_differs_fails_the_test_in_groups_with_the_line_and_without_a_traceback(
    run: Any, backend: Any, style: str
) -> None:
    two_sides(backend, answer(PRICES[0], "ETag: 1"), answer(PRICES[1], "ETag: 2", status="201 Created"))
    write(run, backend, "shadow_compare(legacy, candidate, route='GET /a')")
    result = run.pytest(f"--tb={style}", "-rf")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_mine _*",
            "*.py:7: legacy and candidate differ in 3 ways (GET /a):",
            "  status status  *at 1 place  ????????????",
            "      status: legacy 200, candidate 201",
            "  header etag  *",
            "  body $.items[[]*].price  number-as-string, at 2 places  ????????????",
            '    number 1.5 became string "1.5"',
            '      $.items[[]0].price: legacy 1.5, candidate "1.5"',
            '      $.items[[]1].price: legacy 2.5, candidate "2.5"',
            'Correct the candidate*@pytest.mark.shadow_accept(fingerprint="????????????", reason="…")*',
            "FAILED *test_mine*",
        ]
    )
    text = result.stdout.str()
    assert "Traceback" not in text
    assert "comparing.py" not in text


def test_the_line_is_that_of_the_test_when_a_hidden_helper_asks(run: Any, backend: Any) -> None:
    two_sides(backend, answer({"a": 1}), answer({"a": 2}))
    helper = "def same(compare, *responses):\n    __tracebackhide__ = True\n    compare(*responses)\n"
    write(run, backend, "same(shadow_compare, legacy, candidate)", before=helper)
    run.pytest().stdout.fnmatch_lines(["*.py:10: legacy and candidate differ in 1 way:"])


def test_secrets_and_control_characters_stay_out_of_the_text(run: Any, backend: Any, toml: str) -> None:
    run.configure(toml + '[redact]\npaths = ["$.nickname"]\n')
    two_sides(
        backend,
        answer({"token": "tok-old-4711-abcdef", "nickname": "Bob the 1st", "note": "\x1b[31mred ::error::x"}),
        answer({"token": "tok-new-4712-abcdef", "nickname": "Bob the 2nd", "note": "\u202ewron"}),
    )
    write(run, backend, "shadow_compare(legacy, candidate)")
    text = run.pytest().stdout.str()
    assert "differ in 3 ways" in text
    for secret in ("4711", "4712", "Bob the"):
        assert secret not in text
    assert "[redacted string:" in text
    assert not {"\x1b", "\u202e"} & set(text)
    assert "::error" not in text
    assert [path.name for path in run.folder.glob("*key*")] == []


def test_at_most_twenty_groups_are_told(run: Any, backend: Any) -> None:
    names = [f"member{chr(97 + n)}" for n in range(25)]
    two_sides(backend, answer(dict.fromkeys(names, 1)), answer(dict.fromkeys(names, "1")))
    write(run, backend, "shadow_compare(legacy, candidate)")
    lines = run.pytest().outlines
    assert sum(line.startswith("  body $.member") for line in lines) == 20
    assert "  … and 5 more groups" in lines


# -- what shadow.toml says ------------------------------------------------------------------------------------------


def test_notices_and_accepted_differences_are_returned(run: Any, backend: Any, toml: str) -> None:
    run.configure(
        toml + '[compare]\nignore_headers = ["x-build"]\n'
        '[[accept]]\npath = "$.at"\nreason = "API-7"\nroutes = ["GET /a"]\nuntil = 2099-01-01\n'
    )
    two_sides(backend, answer({"n": 1, "at": "a"}, "X-Build: 1"), answer({"n": 1.0, "at": "b"}, "X-Build: 2"))
    write(
        run,
        backend,
        "found = shadow_compare(legacy, candidate, route='GET /a')\n"
        "assert {(each.path, each.severity) for each in found} == "
        "{('$.n', 'notice'), ('$.at', 'difference'), ('x-build', 'difference')}\n"
        "shadow_compare(legacy, candidate)",
    )
    result = run.pytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*.py:9: legacy and candidate differ in 1 way:", "  body $.at *", "Besides, *"])


def test_comparison_rules_hold_for_the_route_that_is_named_and_those_of_all_without(
    run: Any, backend: Any, toml: str
) -> None:
    run.configure(
        toml + '[[compare.rule]]\nroutes = ["GET /a*"]\npath = "$.list"\nunordered = true\n'
        '[[compare.rule]]\npath = "$.name"\ncase = false\n'
    )
    two_sides(backend, answer({"list": [1, 2], "name": "a"}), answer({"list": [2, 1], "name": "A"}))
    write(run, backend, "shadow_compare(legacy, candidate, route='GET /a')\nshadow_compare(legacy, candidate)")
    result = run.pytest()
    result.stdout.fnmatch_lines(["*.py:8: legacy and candidate differ in 1 way:", "  body $.list *"])


def test_rules_of_the_call_take_the_place_of_those_of_the_file(run: Any, backend: Any, toml: str) -> None:
    run.configure(toml + '[compare]\nheaders = "none"\n')
    two_sides(backend, answer({}, "X-A: 1"), answer({}, "X-A: 2"))
    write(
        run,
        backend,
        "shadow_compare(legacy, candidate)\nfrom shadow.compare.rules import Rules\n"
        "shadow_compare(legacy, candidate, rules=Rules())",
    )
    run.pytest().stdout.fnmatch_lines(["*.py:9: legacy and candidate differ in 1 way:", "  header x-a *"])


def test_without_a_file_the_defaults_hold_and_a_named_one_is_used(run: Any, backend: Any, toml: str) -> None:
    two_sides(backend, answer({"a": 1}), answer({"a": 2}))
    write(run, backend, "shadow_compare(legacy, candidate)")
    run.pytest().assert_outcomes(failed=1)
    run.configure(toml + '[[accept]]\npath = "$.a"\nreason = "API-7"\n', "ci/other.toml")
    run.pytest("--shadow-config", "ci/other.toml").assert_outcomes(passed=1)


def test_a_file_that_can_not_be_used_is_told_without_a_traceback(run: Any, backend: Any) -> None:
    two_sides(backend, answer({}), answer({}))
    run.configure("[legacy]\n")
    write(run, backend, "shadow_compare(legacy, candidate)")
    for arguments, message in [
        ((), "*shadow.toml has 2 problems:"),
        (("--shadow-config", "no.toml"), "*no.toml does not exist*"),
    ]:
        result = run.pytest(*arguments)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([message])
        assert "Traceback" not in result.stdout.str()
        assert "During handling" not in result.stdout.str()


# -- what proves nothing --------------------------------------------------------------------------------------------


def test_failing_alike_is_a_warning_unless_it_is_expected(run: Any, backend: Any, toml: str) -> None:
    run.configure(toml + '[[route]]\nmatch = "GET /a"\nexpect_status = [401]\n')
    two_sides(backend, *[answer({"error": "who?"}, status="401 Unauthorized")] * 2)
    write(run, backend, "shadow_compare(legacy, candidate, route='GET /b')")
    result = run.pytest("-W", "always::shadow.pytest_plugin.ShadowEvidenceWarning")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*.py:7: ShadowEvidenceWarning: both sides answered 401 alike, which proves nothing*"])
    run.pytest().assert_outcomes(failed=1)  # warnings are errors here
    write(run, backend, "shadow_compare(legacy, candidate, route='GET /a')")
    run.pytest().assert_outcomes(passed=1)


def test_an_answer_of_legacy_for_the_candidates_is_a_warning(run: Any, backend: Any) -> None:
    two_sides(backend, *[answer({"a": 1}, "X-Kong-Proxy-Latency: 3")] * 2)
    write(run, backend, "shadow_compare(legacy, candidate)")
    run.pytest("-W", "always").stdout.fnmatch_lines(
        ["*ShadowEvidenceWarning: the candidate's response carries Kong's*"]
    )
