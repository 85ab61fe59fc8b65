"""Where evidence, examples and the ledger are kept: a SQLite file or PostgreSQL. All of shadow's SQL is here."""

from shadow.store.coordination import Proxy as Proxy
from shadow.store.status import Status as Status
from shadow.store.store import Store as Store
from shadow.store.store import open_store as open_store
