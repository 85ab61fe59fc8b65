"""What a page draws, as plain numbers and words: no markup, which is the templates' matter.

Numbers are rounded here, so that the same document gives the same bytes. Every chart has words that say the same.
"""

from shadow.report.charts.activity import (
    ActivityChart as ActivityChart,
)
from shadow.report.charts.activity import (
    Sparkline as Sparkline,
)
from shadow.report.charts.activity import (
    activity_chart as activity_chart,
)
from shadow.report.charts.activity import (
    sparkline as sparkline,
)
from shadow.report.charts.activity import (
    sparkline_axis as sparkline_axis,
)
from shadow.report.charts.latency import LatencyChart as LatencyChart
from shadow.report.charts.latency import latency_chart as latency_chart
