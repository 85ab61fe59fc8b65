"""Every key of shadow.toml: its type, its default and its meaning (the field docstrings are the reference).

The models are frozen. A key's own checks are part of its type (``kinds.py``, ``units.py``); checks that look at several
keys are in ``rules.py``; reading a file and the wording of errors, in ``load.py``; what holds for one route, in
``route_settings.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from shadow.config.kinds import (
    AuthFactory,
    BaseUrlText,
    Day,
    Enough,
    FilePath,
    Flag,
    HeaderName,
    HeaderTable,
    JsonPath,
    Listen,
    NonNegative,
    OpenShare,
    OptionalHeaderName,
    Positive,
    RouteGlob,
    Share,
    StatusCode,
    StoreUrl,
    Text,
    Verify,
    Whole,
)
from shadow.config.units import Bytes, Seconds

__all__ = [
    "Accept",
    "AuthCommand",
    "AuthFile",
    "Compare",
    "CompareRule",
    "Mirror",
    "Proxy",
    "Redact",
    "Report",
    "Route",
    "Routes",
    "Settings",
    "SideSettings",
    "SigV4",
    "Store",
    "VerdictSettings",
    "Writes",
]

SafeMethod = Literal["GET", "HEAD", "OPTIONS"]
_SAFE_METHODS: tuple[SafeMethod, ...] = ("GET", "HEAD", "OPTIONS")
Writes = Literal["never", "isolated", "idempotent"]
OnDifference = Literal["fail", "count"]
LatencyPolicy = Literal["gate", "warn", "off"]
PositiveSeconds = Annotated[Seconds, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


class AuthCommand(_Section):
    """A command that prints a token."""

    command: Text
    """A command whose standard output is the bearer token."""
    ttl: PositiveSeconds = 300.0
    """Seconds for which a token is used; the command runs again before they are over."""


class AuthFile(_Section):
    """A file that holds a token."""

    file: FilePath
    """A file that holds the bearer token; it is read again whenever it changes."""


class SigV4(_Section):
    """AWS Signature Version 4, with the credentials that the AWS SDK finds."""

    sigv4: Text
    """The AWS service to sign for: `execute-api` or `lambda`."""
    region: Text
    """The AWS region to sign for, such as `eu-central-1`."""


_AUTH_TABLES = {"command": "AuthCommand", "file": "AuthFile", "sigv4": "SigV4"}
"""The key that tells which table of credentials it is."""


def _auth_form(value: Any) -> str | None:
    if isinstance(value, str):
        return "AuthFactory"
    if isinstance(value, BaseModel):
        return type(value).__name__
    found = [form for key, form in _AUTH_TABLES.items() if isinstance(value, dict) and key in value]
    return found[0] if len(found) == 1 else None


Auth = Annotated[
    Annotated[AuthFactory, Tag("AuthFactory")]
    | Annotated[AuthCommand, Tag("AuthCommand")]
    | Annotated[AuthFile, Tag("AuthFile")]
    | Annotated[SigV4, Tag("SigV4")],
    Discriminator(
        _auth_form,
        custom_error_type="auth_form",
        custom_error_message=(
            'must be "package.module:factory", { command = "…", ttl = 300 }, { file = "…" } '
            'or { sigv4 = "execute-api", region = "…" }'
        ),
    ),
]


class SideSettings(_Section):
    """One side; `[legacy]` and `[candidate]` have the same keys."""

    url: BaseUrlText
    """Base URL: http or https, host, optional port and path. Requests under this path are this side's."""
    timeout: PositiveSeconds = 30.0
    """Seconds for one mirrored request, from connect to the last byte."""
    headers: HeaderTable = Field(default_factory=dict)
    """Set or replaced on mirrored requests to this side; `""` removes the header."""
    version: str = ""
    """What is deployed there; a new version starts evidence afresh."""
    version_header: OptionalHeaderName = ""
    """Response header that names the version, instead of `version`."""
    auth: Auth = ""
    """`"package.module:factory"` (returns an `httpx.Auth`), a command, a file, or AWS SigV4."""
    verify: Verify = True
    """TLS: `true`, `false`, or the path of a CA bundle."""
    client_cert: list[FilePath] = Field(default_factory=list)
    """`[certificate, key]`."""


class Proxy(_Section):
    """The proxy that clients talk to, and what it hands to its workers."""

    listen: Listen = "127.0.0.1:8080"
    """Address and port, used when mitmdump is started without its own `--mode` or `-p`."""
    keep_host: Flag = False
    """Pass the client's Host header on. API Gateway routes by Host, so by default the side's own host is sent."""
    queue: Whole = Field(default=10_000, ge=1)
    """Exchanges waiting for a worker; beyond it they are shed and counted."""
    queue_bytes: Bytes = 64 * 2**20
    """Bytes waiting for a worker; beyond it exchanges are shed and counted."""
    max_body: Bytes = 5 * 2**20
    """Larger bodies are not compared; they are counted as skipped."""
    workers: Whole = Field(default=1, ge=1, le=64)
    """Processes that mirror and compare."""
    lean: Flag = False
    """Leave out mitmproxy's default addons that a reverse proxy doesn't need."""
    drain: Seconds = 5.0
    """Seconds to finish what is under way at shutdown."""


class Mirror(_Section):
    """What is sent to the other side, and how much of it."""

    sample: Share = 1.0
    """Share of sessions that are mirrored, by stable hash of the session, so that sessions stay whole."""
    concurrency: Whole = Field(default=64, ge=1)
    """Mirrored requests under way at once, per worker."""
    rate: NonNegative = 0.0
    """Requests per second to the other side; 0 is no limit."""
    methods: list[SafeMethod] = Field(default_factory=lambda: list(_SAFE_METHODS))
    """Safe methods that are mirrored; any other is mirrored only where a route opts in with `writes`."""
    confirm: Whole = Field(default=2, ge=0, le=10)
    """On a difference, ask both sides again this often (safe methods only)."""
    baseline: Share = 0.02
    """Share of safe requests (and a route's first 100) that a worker sends to both sides, to learn noise and
    latency."""
    warmup: Flag = False
    """One unjudged request first, where a route's function may be cold."""


class Route(_Section):
    """One `[[route]]` block: what holds for the routes that `match` names.

    A key that is left out (None) leaves the value alone that an earlier block or a section gave.
    """

    match: RouteGlob
    """`METHOD /template`; `*` as METHOD; `*` in the path crosses `/`, braces are literal."""
    writes: Writes | None = Field(default=None, json_schema_extra={"default": "never"})
    """Whether writes (POST, PUT, PATCH, DELETE) are mirrored. `never`; `isolated`: yes, each side has its own data;
    `idempotent`: yes, sending twice does no harm."""
    mirror: Flag | None = Field(default=None, json_schema_extra={"default": True})
    """`false`: never mirror this route (a GET with side effects, say)."""
    candidate: str | None = Field(default=None, json_schema_extra={"default": ""})
    """The candidate's path where it differs from the template; same parameters on both."""
    expect_status: list[StatusCode] | None = Field(default=None, json_schema_extra={"default": []})
    """Statuses such as 401 that count as evidence on this route."""
    sample: Share | None = None
    """As in `[mirror]`, for this route."""
    rate: NonNegative | None = None
    """As in `[mirror]`, for this route."""
    on_difference: OnDifference | None = None
    """As in `[verdict]`, for this route."""
    max_divergence: OpenShare | None = None
    """As in `[verdict]`, for this route."""
    confidence: OpenShare | None = None
    """As in `[verdict]`, for this route."""
    enough: Enough | None = None
    """As in `[verdict]`, for this route."""
    max_latency_ratio: Positive | None = None
    """As in `[verdict]`, for this route."""
    latency_slack_ms: NonNegative | None = None
    """As in `[verdict]`, for this route."""
    max_slow: OpenShare | None = None
    """As in `[verdict]`, for this route."""
    latency: LatencyPolicy | None = None
    """As in `[verdict]`, for this route."""
    max_age: PositiveSeconds | None = None
    """As in `[verdict]`, for this route."""


class Routes(_Section):
    """Which routes there are, and which of them the gate demands."""

    # `from` is a Python keyword, so the attribute is called `inventories`.
    inventories: list[FilePath] = Field(default_factory=list, alias="from")
    """Inventories, recognised by content: Serverless, SAM/CloudFormation, OpenAPI, Kong."""
    required: list[RouteGlob] | None = None
    """What the gate demands (globs). Default: with an inventory, its routes; without, the routes seen with a 2xx or
    3xx from legacy, HEAD and OPTIONS aside."""


class CompareRule(_Section):
    """How to compare the places that `path` names: give exactly one way."""

    routes: list[RouteGlob] = Field(default_factory=lambda: ["*"])
    """Routes (globs) that the rule holds for."""
    path: JsonPath
    """RFC 9535 JSONPath."""
    unordered: Flag | None = None
    """The list's order doesn't matter."""
    key: Text | None = None
    """The list's items are matched by this member instead of by position."""
    tolerance: NonNegative | None = None
    """Numbers may differ by this much."""
    as_: Literal["datetime", "number", "boolean", "double", "lexical"] | None = Field(default=None, alias="as")
    """`datetime`: the same instant however it is written; `number`: the same number, also as text; `boolean`: the same
    truth value, also as number or text; `double`: the same number for JavaScript; `lexical`: numbers as written."""
    null_is_missing: Flag | None = None
    """A member that is null counts as one that isn't there."""
    case: Flag | None = None
    """`false`: upper and lower case are the same."""
    trim: Flag | None = None
    """White space around text doesn't matter."""
    unicode: Literal["NFC", "NFKC"] | None = None
    """Texts are compared in this Unicode normalisation form, lone surrogates as U+FFFD."""
    ordered: Flag | None = None
    """The order of the object's members matters."""


class Accept(_Section):
    """A difference that is accepted: exactly one of `path`, `header`, `status` and `fingerprint`, and a reason."""

    routes: list[RouteGlob] = Field(default_factory=lambda: ["*"])
    """Routes (globs) that the acceptance holds for."""
    path: JsonPath | None = None
    """RFC 9535 JSONPath of names and wildcards: differences at these places of the body."""
    header: HeaderName | None = None
    """Differences of this response header."""
    status: Annotated[list[StatusCode], Field(min_length=2, max_length=2)] | None = None
    """`[legacy's, candidate's]`: this pair of statuses."""
    fingerprint: Text | None = None
    """The one group of differences that a report gives this fingerprint."""
    reason: Text
    """Why it is accepted; reports show it."""
    until: Day | None = None
    """The last day on which it is accepted (UTC); default: for good."""
    broad: Flag = False
    """Needed for a pattern as wide as `$`, `$.*`, `$[*]`, `$..*`."""


class Compare(_Section):
    """What counts as a difference."""

    headers: Literal["gateway", "strict", "none"] = "gateway"
    """Header profile: `gateway` drops what gateways and transport add; `strict` compares all; `none` compares none."""
    ignore_headers: list[HeaderName] = Field(default_factory=list)
    """Shorthand for accepting differences of these headers."""
    budget: Positive = 0.25
    """Seconds of CPU time for comparing one pair; beyond it the comparison is `truncated`, which is a difference."""
    max_depth: Whole = Field(default=200, ge=1, le=900)
    """Levels of nesting that are compared; beyond them the comparison is `truncated`."""
    max_differences: Whole = Field(default=200, ge=1)
    """Differences of one pair that are described."""
    rule: list[CompareRule] = Field(default_factory=list)
    """How to compare the places that a JSONPath names."""


class VerdictSettings(_Section):
    """When a route is ready."""

    on_difference: OnDifference = "fail"
    """`fail`: one open difference makes a route not-ready; `count`: only the rate decides."""
    max_divergence: OpenShare = 0.01
    """Ready when, at `confidence`, fewer distinct requests differ than this."""
    confidence: OpenShare = 0.95
    """How sure that has to be."""
    enough: Enough = "statistics"
    """Or a number: ready after that many distinct clean requests (small staging)."""
    max_latency_ratio: Positive = 1.25
    """A request is slow when candidate > ratio x legacy + slack."""
    latency_slack_ms: NonNegative = 10.0
    """The slack in milliseconds, so that fast routes aren't judged by jitter."""
    max_slow: OpenShare = 0.05
    """Share of requests that may be slow."""
    latency: LatencyPolicy = "warn"
    """`gate`: a slow route is not ready; `warn`: the report says so; `off`: nothing is said."""
    max_age: PositiveSeconds = 14 * 86400.0
    """Older evidence does not count."""


class Store(_Section):
    """Where evidence and examples are kept."""

    url: StoreUrl = "sqlite:///shadow.db"
    """`sqlite:///FILE` or `postgresql+psycopg://…`; a relative FILE is relative to shadow.toml."""
    examples: Whole = Field(default=5, ge=0, le=100)
    """Full pairs kept per fingerprint."""
    record: Literal["differences", "all"] = "differences"
    """`all` keeps every pair, for re-comparing under new comparison rules."""
    keep: PositiveSeconds = 30 * 86400.0
    """Examples and recordings older than this are deleted."""


class Redact(_Section):
    """What is made unreadable before anything is written."""

    key: str = ""
    """Same key on every machine that shares a store; default: made once, kept beside the store."""
    headers: list[HeaderName] = Field(default_factory=list)
    """Header names, added to the built-in list."""
    paths: list[JsonPath] = Field(default_factory=list)
    """JSONPaths, added to the built-in list; `$..name` also is the query parameter or form field of that name."""
    emails: bool = False
    """Whether e-mail addresses are secrets wherever they stand."""


class Report(_Section):
    """The report that is refreshed while the proxy runs."""

    path: FilePath = Path("reports/index.html")
    """The HTML report; report.json is written beside it."""
    every: Seconds = 10.0
    """Seconds between refreshes while the proxy runs; 0: only at the end."""


class Settings(_Section):
    """The whole of shadow.toml, checked; relative paths are already resolved against the file's folder."""

    legacy: SideSettings
    candidate: SideSettings
    proxy: Proxy = Field(default_factory=Proxy)
    mirror: Mirror = Field(default_factory=Mirror)
    routes: Routes = Field(default_factory=Routes)
    route: list[Route] = Field(default_factory=list)
    compare: Compare = Field(default_factory=Compare)
    accept: list[Accept] = Field(default_factory=list)
    verdict: VerdictSettings = Field(default_factory=VerdictSettings)
    store: Store = Field(default_factory=Store)
    redact: Redact = Field(default_factory=Redact)
    report: Report = Field(default_factory=Report)
    source: Path | None = None
    """The file that these settings came from (set by the loader, not a key of the file)."""
