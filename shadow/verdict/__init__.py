"""The statistics and the decision; accepted differences."""

from shadow.verdict.gate import gate_exit_code as gate_exit_code
from shadow.verdict.gate import gate_sentence as gate_sentence
from shadow.verdict.judge import judge as judge
from shadow.verdict.judge import judge_all as judge_all
