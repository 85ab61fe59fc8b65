"""What a route's evidence says of itself."""

from __future__ import annotations

from shadow.evidence.observation import Epoch
from shadow.evidence.route_evidence import RouteEvidence


def test_seen_is_every_exchange_once():
    """The fates add up to all exchanges; what is counted beside them (errors, cold starts) is not added again."""
    epoch = Epoch("GET /a", "http://l", "http://c", "", "", "rules")
    fates = {"compared": 1, "raced": 2, "unproductive": 4, "skipped:write": 8, "skipped:rate": 16, "shed": 32}
    beside = {"ok": 1000, "cold": 1000, "same-backend": 1000, "error:5xx": 1000}
    counters = fates | {"failed": 64, "lost": 128} | beside
    assert RouteEvidence(epoch=epoch, first_seen=0, last_seen=0, counters=counters).seen == 255
