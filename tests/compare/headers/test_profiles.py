"""profiles.toml: what it says, that it says the same as docs/comparison.md, and what of it is refused."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from shadow.compare.headers.profiles import TablesError, Treat, packaged, profile, read

TEXT = files("shadow.compare.headers").joinpath("profiles.toml").read_text(encoding="utf-8")
DOCS = (Path(__file__).parents[3] / "docs" / "comparison.md").read_text(encoding="utf-8")
WORDS = {
    "not looked at": Treat.DROP,
    "notice where one-sided": Treat.LIST,
    "notice": Treat.NOTICE,
    "compared": Treat.COMPARE,
}


# -- what gateways add ------------------------------------------------------------------------------------------------

DROPPED = """
    X-Kong-Request-Id x-amzn-RequestId x-amz-apigw-id X-Amzn-Trace-Id Apigw-Requestid X-Amz-Cf-Id Connection Keep-Alive
    Transfer-Encoding TE Trailer Upgrade Proxy-Authenticate Proxy-Connection Date Content-Length Content-Encoding
"""
LISTED = """
    X-Kong-Upstream-Latency X-Kong-Proxy-Latency X-Kong-Response-Latency X-Kong-Admin-Latency X-Kong-Upstream-Status
    Kong-Route-Id Kong-Route-Name Kong-Service-Id Kong-Service-Name Via Server RateLimit-Limit RateLimit-Remaining
    RateLimit-Reset X-RateLimit-Limit-Second X-RateLimit-Remaining-Year Retry-After X-Cache-Status X-Cache-Key Age
    x-amzn-Remapped-Connection x-amzn-Remapped-Content-Length x-amzn-Remapped-Date x-amzn-Remapped-Server
    x-amzn-ErrorType X-Cache X-Amz-Cf-Pop X-Powered-By
"""
COMPARED = """
    X-Content-Type-Options X-XSS-Protection X-Frame-Options Cache-Control Pragma Expires Content-Type Set-Cookie ETag
    WWW-Authenticate Location X-Total-Count
"""


@pytest.mark.parametrize(("treat", "names"), [(Treat.DROP, DROPPED), (Treat.LIST, LISTED), (Treat.COMPARE, COMPARED)])
def test_the_gateway_profile_treats_each_header_as_what_it_is(treat: Treat, names: str) -> None:
    assert {name: profile("gateway").treat(name.lower()) for name in names.split()} == dict.fromkeys(
        names.split(), treat
    )


def test_strict_drops_transport_only_and_none_drops_all() -> None:
    every = {name.replace("*", "x") for group in packaged().groups.values() for name in group.names}
    transport = {name.replace("*", "x") for name in packaged().groups["transport"].names}
    assert {name for name in every if profile("strict").treat(name) is not Treat.COMPARE} == transport
    assert {profile("none").treat(name) for name in {*every, "x-any"}} == {Treat.DROP}


def test_a_full_name_counts_before_a_pattern() -> None:
    assert profile("gateway").treat("x-kong-request-id") is Treat.DROP
    assert profile("gateway").treat("x-kong-request-idle") is Treat.LIST


# -- the documentation ------------------------------------------------------------------------------------------------


def rows(heading: str) -> list[list[str]]:
    """The cells of the table that begins with a row of this text."""
    table = DOCS[DOCS.index(heading) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def names(cell: str) -> list[str]:
    return [name.lower() for name in re.findall(r"`([^`]+)`", cell)]


def test_the_table_of_groups_in_the_docs_is_the_file() -> None:
    tables = packaged()
    said = {}
    for first, *treats in rows("| headers | `gateway`"):
        label, _, cell = first.partition(":")
        said[label] = (set(names(cell)), [WORDS[treat] for treat in treats])
    everything = {
        **{label: (set(group.names), group) for label, group in tables.groups.items()},
        "balancer-cookies": ({name.lower() for name in tables.balancer_cookies.names}, tables.balancer_cookies),
    }
    expected = {
        label: (found, [group.gateway, group.strict, Treat.DROP]) for label, (found, group) in everything.items()
    }
    weak = tables.weak_etags
    expected["weak-etags"] = ({"etag"}, [weak.gateway, weak.strict, Treat.DROP])
    profiles = tables.profiles
    expected["all others"] = (set(), [profiles["gateway"], profiles["strict"], profiles["none"]])
    assert said == expected


def test_the_table_of_meanings_in_the_docs_is_the_file() -> None:
    said = {}
    for first, _, class_ in rows("| header | meaning | class |"):
        said.update(dict.fromkeys(names(first), class_.strip("`")))
    readings = packaged().readings.values()
    assert said == {name: reading.class_ for reading in readings for name in reading.names}


def test_every_way_to_read_is_explained_in_the_file() -> None:
    explained = TEXT[TEXT.index("# How the values of a header are read") : TEXT.index("[readings.")]
    missing = [r.read for r in packaged().readings.values() if not re.search(rf"\b{re.escape(r.read)}\b", explained)]
    assert missing == []


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "instead", "message"),
    [
        ("[profiles]", "[profiles", "profiles.toml: Expected ']'"),
        ('none = "drop"', "", "[profiles] says nothing of 'none'"),
        ('none = "drop"', 'none = "dorp"', "Invalid enum value 'dorp' - at `$.profiles[...]`"),
        ('none = "drop"', 'none = "drop"\nlax = "drop"', "Invalid enum value 'lax'"),
        ("[groups.kong]\nwhy", "[groups.kong]\nreason", "unknown field `reason` - at `$.groups[...]`"),
        ("[groups.kong]", "[groups.Kong]", "[groups.Kong]: 'Kong' is no label"),
        ('"x-kong-*"', '"X-Kong-*"', "[groups.kong].names: 'X-Kong-*' is no header's name in lower case"),
        ('"x-kong-*"', '"x-*-kong"', "with a `*` at most at its end"),
        ('"x-kong-*"', '"via"', "groups name 'via' more than once"),
        ('names = ["etag"]', 'names = ["e*"]', "[readings.etag].names: 'e*' is no header's name"),
        ('names = ["etag"]', 'names = ["pragma"]', "readings name 'pragma' more than once"),
        ('names = ["etag"]', "names = []", "[readings.etag].names is empty"),
        ('why = "RFC 9111 §5.4"', 'why = " "', "[readings.pragma].why is empty"),
        ('read = "challenges"', 'read = "chalenges"', "[readings.challenges].read: 'chalenges' is none of"),
        ('class = "cookie"', 'class = "Cookies!"', "[readings.cookies].class: 'Cookies!' is no label"),
        ('read = "names"\n\n', 'read = "names"\nwithout = "get"\n\n', "Expected `array`, got `str`"),
        ('read = "list"\n\n', 'read = "list"\nwithout = ["a"]\n\n', "[readings.order].without needs"),
        ('= "www-authenticate"', '= "x-amzn-remapped-www-authenticate"', "[aliases]"),
        ("[content-type]", "[content_type]", "unknown field `content_type`"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place_and_the_reason(said: str, instead: str, message: str) -> None:
    assert said in TEXT
    with pytest.raises(TablesError, match=re.escape(message)):
        read(TEXT.replace(said, instead, 1))


def test_the_packaged_file_is_toml_that_gives_a_reason_for_every_entry() -> None:
    raw = tomllib.loads(TEXT)
    entries = [*raw["groups"].values(), *raw["readings"].values(), raw["weak-etags"], raw["balancer-cookies"]]
    assert [entry for entry in entries if len(entry["why"]) < 8] == []
