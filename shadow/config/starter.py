"""The shadow.toml that a team starts with: what has to be said, and what is often changed, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from shadow.config.toml_text import toml_value

__all__ = ["INVENTORIES", "starter_text"]

INVENTORIES = (
    "serverless.yml",
    "serverless.yaml",
    "openapi.yaml",
    "openapi.yml",
    "openapi.json",
    "template.yaml",
    "template.yml",
    "kong.yml",
    "kong.yaml",
)
"""Usual names of files that list an API's routes."""


def starter_text(legacy: str, candidate: str, inventories: Sequence[str] = ()) -> str:
    """A commented shadow.toml for two base URLs; keys that keep their default are comments."""
    routes = f"from = {toml_value(list(inventories))}" if inventories else '# from = ["serverless.yml"]'
    return _TEMPLATE.format(legacy=toml_value(legacy), candidate=toml_value(candidate), routes=routes)


_TEMPLATE = """\
# What shadow compares, and how. A line that starts with `# key =` shows the default or an example: remove the `#`
# to change it. Any text may hold ${{VAR}} or ${{VAR:-default}}. Every key: docs/configuration.md.

[legacy]
# The API as it is today. A client's request under this URL is answered by legacy.
url = {legacy}
# Headers of mirrored requests to this side; "" removes one.
# headers = {{ x-api-key = "${{LEGACY_KEY}}" }}
# Seconds for one mirrored request.
# timeout = 30.0

[candidate]
# The API that is to replace it. Where both URLs match a request, the longer one wins.
url = {candidate}
# What is deployed there: with a new version, evidence starts afresh, so builds never mix.
version = "${{GIT_SHA:-}}"
# How to get credentials for this side: "package.module:factory" for an httpx.Auth, or a command that prints a token,
# or a file that holds one.
# auth = {{ command = "./token.sh", ttl = 300 }}

[proxy]
# Where clients connect to.
# listen = "127.0.0.1:8080"

[mirror]
# Share of sessions that are mirrored, and the most requests per second that the candidate gets (0: no limit).
# sample = 1.0
# rate = 0
# Only safe methods are mirrored; for a write, see [[route]] below.
# methods = ["GET", "HEAD", "OPTIONS"]

[routes]
# Files that list the API's routes: Serverless, SAM/CloudFormation, OpenAPI or Kong.
{routes}
# What `shadow gate` demands to be ready. Without it: the routes of those files, else those that were seen.
# required = ["GET /orders*"]

# What holds for one route. A write is mirrored only if you say that this does no harm:
# "isolated": each side has its own data; "idempotent": the same write twice is the same as once.
# [[route]]
# match = "PATCH /user/profile"
# writes = "isolated"

[compare]
# Which headers count: "gateway" leaves out what gateways add, "strict" takes all, "none" takes none.
# headers = "gateway"
# ignore_headers = ["x-request-id"]

# How to compare what a JSONPath names, where exactly equal is too much to ask.
# [[compare.rule]]
# routes = ["GET /orders*"]
# path = "$.items"
# unordered = true

# What may differ, and why. `shadow accept` adds such a block for one group of differences of a report.
# [[accept]]
# routes = ["GET /orders*"]
# path = "$.items[*].updatedAt"
# reason = "microseconds are cut; the app ignores them"
# until = 2030-01-31

[verdict]
# Ready when, at this confidence, fewer distinct requests differ than this.
# max_divergence = 0.01
# confidence = 0.95
# For a small staging: a number of distinct clean requests that is enough.
# enough = "statistics"
# Evidence older than this does not count.
# max_age = "14d"

[store]
# Where evidence is kept: a file, or one database for several machines (postgresql+psycopg://user@host/name).
# url = "sqlite:///shadow.db"

[redact]
# Secrets are made unreadable before anything is written; these come on top of the built-in lists.
# headers = ["x-session"]
# paths = ["$..iban"]
# E-mail addresses, wherever they stand.
# emails = true

[report]
# Refreshed while the proxy runs; report.json is written beside it.
# path = "reports/index.html"
"""
