"""`shadow serve`: the report as a page that keeps itself up to date while traffic flows.

A small ASGI application, for reading only: `app` says what there is to read, `guard` who may read it. One thread at a
time looks at shadow.toml and the store (`source`), and only while somebody has the page open (`board`).
"""

from shadow.serve.server import serve as serve
