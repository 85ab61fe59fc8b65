"""What rules have found, as counters and back."""

from __future__ import annotations

import pytest

from shadow.compare.reach import Reach
from shadow.evidence.rule_evidence import RuleEvidence, counter_of, is_rule_counter, rules_in


@pytest.mark.parametrize(
    ("reach", "name", "evidence"),
    [
        (Reach("a1", "fits"), "rule:a1:fits", RuleEvidence(fits=3)),
        (Reach("a1", "absent"), "rule:a1:absent", RuleEvidence(absent=3)),
        (Reach("a1", "unfit", "string"), "rule:a1:unfit:string", RuleEvidence(unfit={"string": 3})),
    ],
)
def test_a_finding_has_a_counter_and_is_read_from_it(reach, name, evidence):
    assert counter_of(reach) == name
    assert is_rule_counter(name)
    assert rules_in({name: 3}) == {"a1": evidence}


def test_rules_are_told_apart_from_each_other_and_from_exchanges():
    counters = {
        "compared": 9,
        "skipped:write": 1,
        "rule:a:absent": 4,
        "rule:a:unfit:null": 1,
        "rule:a:unfit:string": 2,
        "rule:b:fits": 1,
    }
    assert rules_in(counters) == {
        "a": RuleEvidence(absent=4, unfit={"null": 1, "string": 2}),
        "b": RuleEvidence(fits=1),
    }
    assert [name for name in counters if not is_rule_counter(name)] == ["compared", "skipped:write"]
