"""Every key of shadow.toml: its type, its default and its meaning (the field docstrings are the reference).

The models are frozen. Loading, expansion of ``${VAR}`` and the wording of errors live in ``load.py``; what holds for
one route, in ``route_settings.py``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shadow.config.units import Bytes, Seconds

__all__ = [
    "Accept",
    "AuthCommand",
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
]

Share = Annotated[float, Field(ge=0, le=1)]
OpenShare = Annotated[float, Field(gt=0, lt=1)]
Enough = Literal["statistics"] | Annotated[int, Field(ge=1)]
Writes = Literal["never", "isolated", "idempotent"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class AuthCommand(_Section):
    command: str
    """A command whose standard output is the bearer token."""
    ttl: Seconds = 300.0
    """Seconds for which a token is used before the command runs again."""


class SigV4(_Section):
    sigv4: str
    """The AWS service to sign for: `execute-api` or `lambda`."""
    region: str


class SideSettings(_Section):
    """One side; `[legacy]` and `[candidate]` have the same keys."""

    url: str
    """Base URL: http or https, host, optional port and path. Requests under this path are this side's."""
    timeout: Seconds = 30.0
    """Seconds for one mirrored request, from connect to the last byte."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Set or replaced on mirrored requests to this side; `""` removes the header."""
    version: str = ""
    """What is deployed there; a new version starts evidence afresh."""
    version_header: str = ""
    """Response header that names the version, instead of `version`."""
    auth: Literal[""] | AuthCommand | SigV4 | str = ""
    """`"package.module:factory"` (returns an `httpx.Auth`), a command, or AWS SigV4."""
    verify: bool | Path = True
    """TLS: `true`, `false`, or the path of a CA bundle."""
    client_cert: list[Path] = Field(default_factory=list, max_length=2)
    """`[certificate, key]`."""


class Proxy(_Section):
    listen: str = "127.0.0.1:8080"
    """Address and port, used when mitmdump is started without its own `--mode` or `-p`."""
    keep_host: bool = False
    """Pass the client's Host header on. API Gateway routes by Host, so the side's own host is sent unless this is true."""
    queue: int = Field(default=10_000, ge=1)
    """Exchanges waiting for a worker; beyond it they are shed and counted."""
    queue_bytes: Bytes = 64 * 2**20
    """Bytes waiting for a worker; beyond it exchanges are shed and counted."""
    max_body: Bytes = 5 * 2**20
    """Larger bodies are not compared; they are counted as skipped."""
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that mirror and compare."""
    lean: bool = False
    """Leave out mitmproxy's default addons that a reverse proxy doesn't need."""
    drain: Seconds = 5.0
    """Seconds to finish what is under way at shutdown."""


class Mirror(_Section):
    sample: Share = 1.0
    """Share of sessions that are mirrored, by stable hash of the session, so that sessions stay whole."""
    concurrency: int = Field(default=64, ge=1)
    """Mirrored requests under way at once, per worker."""
    rate: float = Field(default=0, ge=0)
    """Requests per second to the other side; 0 is no limit."""
    methods: list[Literal["GET", "HEAD", "OPTIONS"]] = Field(default_factory=lambda: ["GET", "HEAD", "OPTIONS"])
    """Safe methods that are mirrored; any other is mirrored only where a route opts in with `writes`."""
    confirm: int = Field(default=2, ge=0, le=10)
    """On a difference, ask both sides again this often (safe methods only)."""
    baseline: Share = 0.02
    """Share of safe requests (and a route's first 100) that the worker sends to both sides, to learn noise and latency."""
    warmup: bool = False
    """One unjudged request per route first."""


class Route(_Section):
    """One `[[route]]` block; keys left out keep the values of `[mirror]` and `[verdict]`."""

    match: str
    """`METHOD /template`; `*` as METHOD; `*` in the path crosses `/`, braces are literal."""
    writes: Writes = "never"
    """`isolated`: each side has its own data. `idempotent`: sending twice does no harm."""
    mirror: bool = True
    """`false`: never mirror this route (a GET with side effects, say)."""
    candidate: str = ""
    """The candidate's path where it differs from the template; same parameters on both."""
    expect_status: list[Annotated[int, Field(ge=100, le=599)]] = Field(default_factory=list)
    """Statuses such as 401 that count as evidence on this route."""
    sample: Share | None = None
    rate: Annotated[float, Field(ge=0)] | None = None
    on_difference: Literal["fail", "count"] | None = None
    max_divergence: OpenShare | None = None
    confidence: OpenShare | None = None
    enough: Enough | None = None
    max_latency_ratio: Annotated[float, Field(gt=0)] | None = None
    latency_slack_ms: Annotated[float, Field(ge=0)] | None = None
    max_slow: OpenShare | None = None
    latency: Literal["gate", "warn", "off"] | None = None
    max_age: Seconds | None = None


class Routes(_Section):
    # `from` is a Python keyword, so the attribute is called `inventories`.
    inventories: list[Path] = Field(default_factory=list, alias="from")
    """Inventories, recognised by content: Serverless, SAM/CloudFormation, OpenAPI, Kong."""
    required: list[str] | None = None
    """What the gate demands (globs). Default: with an inventory, its routes; without, the routes seen with a 2xx or 3xx from legacy, HEAD and OPTIONS aside."""


class CompareRule(_Section):
    """How to compare the places that `path` names: give exactly one way."""

    routes: list[str] = Field(default_factory=lambda: ["*"])
    path: str
    """RFC 9535 JSONPath."""
    unordered: bool | None = None
    key: str | None = None
    tolerance: Annotated[float, Field(ge=0)] | None = None
    as_: Literal["datetime", "number"] | None = Field(default=None, alias="as")
    null_is_missing: bool | None = None
    case: bool | None = None
    trim: bool | None = None


class Accept(_Section):
    """A difference that is accepted: exactly one of `path`, `header`, `status` and `fingerprint`, and a reason."""

    routes: list[str] = Field(default_factory=lambda: ["*"])
    path: str | None = None
    header: str | None = None
    status: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    fingerprint: str | None = None
    reason: Annotated[str, Field(min_length=1)]
    until: dt.date | None = None
    """Inclusive, UTC."""
    broad: bool = False
    """Needed for a pattern as wide as `$`, `$.*`, `$[*]`, `$..*`."""


class Compare(_Section):
    headers: Literal["gateway", "strict", "none"] = "gateway"
    """Header profile: `gateway` drops what gateways and transport add; `strict` compares all; `none` compares none."""
    ignore_headers: list[str] = Field(default_factory=list)
    """Shorthand for accepting differences of these headers."""
    rule: list[CompareRule] = Field(default_factory=list)


class VerdictSettings(_Section):
    on_difference: Literal["fail", "count"] = "fail"
    """`fail`: one open difference makes a route not-ready; `count`: only the rate decides."""
    max_divergence: OpenShare = 0.01
    """Ready when, at `confidence`, fewer distinct requests differ than this."""
    confidence: OpenShare = 0.95
    enough: Enough = "statistics"
    """Or a number: ready after that many distinct clean requests (small staging)."""
    max_latency_ratio: Annotated[float, Field(gt=0)] = 1.25
    """Slower = candidate > ratio x legacy + slack."""
    latency_slack_ms: Annotated[float, Field(ge=0)] = 10.0
    max_slow: OpenShare = 0.05
    """… for at most this share of requests."""
    latency: Literal["gate", "warn", "off"] = "warn"
    max_age: Seconds = 14 * 86400.0
    """Older evidence does not count."""


class Store(_Section):
    url: str = "sqlite:///shadow.db"
    """`sqlite:///FILE` or `postgresql+psycopg://…`; a relative FILE is relative to shadow.toml."""
    examples: int = Field(default=5, ge=0, le=100)
    """Full pairs kept per fingerprint."""
    record: Literal["differences", "all"] = "differences"
    """`all` keeps every pair, for re-comparing under new comparison rules."""
    keep: Seconds = 30 * 86400.0
    """Examples and recordings older than this are deleted."""


class Redact(_Section):
    key: str = ""
    """Same key on every machine that shares a store; default: made once, kept beside the store."""
    headers: list[str] = Field(default_factory=list)
    """Added to the built-in list."""
    paths: list[str] = Field(default_factory=list)
    """JSONPaths, added to the built-in list."""


class Report(_Section):
    path: Path = Path("reports/index.html")
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
    source: Path | None = Field(default=None, exclude=False)
    """The file that these settings came from (set by the loader, not a key of the file)."""
