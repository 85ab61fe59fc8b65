from __future__ import annotations

from collections.abc import Callable

import pytest

Problems = Callable[..., tuple[str, ...]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[mirror]\nrates = 1", "mirror.rates: unknown key; did you mean `rate`?"),
        ("[mirorr]\nrate = 1", "mirorr: unknown key; did you mean `mirror`?"),
        ("[proxy]\nsample = 1", "proxy.sample: unknown key here; it belongs to [mirror] or [[route]]"),
        ("[[route]]\nmatch = '*'\nworkers = 1", "route[0].workers: unknown key here; it belongs to [proxy]"),
        ("[proxy]\nlatencie = 1", "proxy.latencie: unknown key; did you mean `latency` of [[route]]?"),
        ("[report]\nzzz = 1", "report.zzz: unknown key; the keys here are `path` and `every`"),
        ("[compare]\nrules = []", "compare.rules: unknown key; did you mean `rule`?"),
        (
            "[[compare.rule]]\npath='$.a'\ntrim=true\nroute=[]",
            "compare.rule[0].route: unknown key; did you mean `routes`?",
        ),
        ("[candidate.auth]\ncommand='x'\ntll=1", "candidate.auth.tll: unknown key; did you mean `ttl`?"),
        ('[proxy]\n"a b" = 1', 'proxy."a b": unknown key'),
    ],
)
def test_an_unknown_key_gets_the_near_match_or_the_table_where_it_belongs(
    problems: Problems, text: str, problem: str
) -> None:
    [found] = problems(text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[proxy]\nqueue = true", "proxy.queue: must be a whole number, not true"),
        ("[proxy]\nqueue = 1.5", "proxy.queue: must be a whole number, not 1.5"),
        ("[proxy]\nqueue = 'ten'", 'proxy.queue: must be a whole number, not "ten"'),
        ("[proxy]\nqueue = 0", "proxy.queue: must be at least 1, not 0"),
        ("[proxy]\nworkers = 65", "proxy.workers: must be at most 64, not 65"),
        ("[proxy]\nkeep_host = 1", "proxy.keep_host: must be true or false, not 1"),
        ("[proxy]\nkeep_host = 'yes'", 'proxy.keep_host: must be true or false, not "yes"'),
        ("[proxy]\ndrain = inf", "proxy.drain: must be a finite number, not inf"),
        ("[mirror]\nsample = true", "mirror.sample: must be a number, not true"),
        ("[mirror]\nsample = 'half'", 'mirror.sample: must be a number, not "half"'),
        ("[mirror]\nsample = 1.01", "mirror.sample: must be at most 1, not 1.01"),
        ("[verdict]\nconfidence = 1", "verdict.confidence: must be less than 1, not 1"),
        ("[verdict]\nmax_divergence = 0.0", "verdict.max_divergence: must be more than 0, not 0.0"),
        ("[verdict]\nlatency = 'gaet'", 'verdict.latency: must be "gate", "warn" or "off", not "gaet"'),
        ("[verdict]\nenough = 0", 'verdict.enough: must be "statistics" or a whole number of at least 1'),
        ("[verdict]\nenough = true", 'verdict.enough: must be "statistics" or a whole number of at least 1'),
        ("[verdict]\nmax_age = 0", "verdict.max_age: must be more than 0, not 0"),
        ("[routes]\nfrom = 'a.yml'", 'routes.from: must be a list in brackets, not "a.yml"'),
        ("[routes]\nfrom = [1]", "routes.from[0]: must be the path of a file, as text"),
        ("[report]\npath = ''", "report.path: must be the path of a file, as text"),
        ("[redact]\nheaders = [1979-05-27]", "redact.headers[0]: must be text in quotes, not 1979-05-27"),
        ("[legacy.headers.x]\ny = 1", "legacy.headers.x: must be text in quotes"),
        ("[[accept]]\nheader='a'\nreason='x'\nstatus=[1]", "accept[0].status[0]: must be at least 100, not 1"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_explained_by_what_it_must_be_and_what_it_is(
    problems: Problems, text: str, problem: str
) -> None:
    assert problem in problems(text)


def test_a_refused_method_says_how_writes_are_mirrored(problems: Problems) -> None:
    [problem] = problems('[mirror]\nmethods = ["GET", "POST"]')
    assert problem.startswith('mirror.methods[1]: must be "GET", "HEAD" or "OPTIONS", not "POST"')
    assert "`writes`" in problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[route]\nmatch = '*'", "route: must be a table, written as [[route]] with two brackets"),
        ("[compare]\nrule = ['x']", "compare.rule[0]: must be a table, written as [[compare.rule]] with two brackets"),
        ("[[proxy]]\nqueue = 1", "proxy: must be a table, written as [proxy] with one bracket"),
    ],
)
def test_one_bracket_too_many_or_too_few_is_called_that(problems: Problems, text: str, problem: str) -> None:
    assert problems(text) == (problem,)


@pytest.mark.parametrize(
    "auth",
    ["5", "{}", "{ comand = 'x' }", "{ command = 'x', sigv4 = 'y', region = 'z' }", "{ file = 'x', command = 'y' }"],
)
def test_auth_that_is_none_of_the_ways_shows_them_all(problems: Problems, auth: str) -> None:
    [problem] = problems(sides=f'[legacy]\nurl="http://a.test/a"\nauth={auth}\n[candidate]\nurl="http://b.test"\n')
    assert problem.startswith('legacy.auth: must be "package.module:factory", { command = "…", ttl = 300 }, { file = ')


@pytest.mark.parametrize(
    "sides",
    [
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://me:s3cret@b.test"',
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="me:s3cret@b.test"',
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\nheaders={x="s3cret\\n"}',
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\nheaders={x=["s3cret"]}',
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\nauth={command=["s3cret"]}',
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\n[store]\nurl="mysql://me:s3cret@db/x"',
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\n[store]\nurl="postgresql+psycopg://me:s3/cret@db/x"',
        '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\n[redact]\nkey=["s3cret"]',
    ],
)  # fmt: skip
def test_no_message_repeats_what_may_be_a_secret(problems: Problems, sides: str) -> None:
    [problem] = problems(sides=sides)
    assert "s3" not in problem


def test_a_long_value_is_shortened(problems: Problems) -> None:
    [problem] = problems(f'[verdict]\nlatency = "{"x" * 1000}"')
    assert len(problem) < 200
