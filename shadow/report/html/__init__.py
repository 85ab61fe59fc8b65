"""The HTML report: a page that needs nothing else, not even JavaScript, and that no byte from traffic can disturb.

Three walls stand between traffic and the reader's browser, each enough on its own: every value is escaped by the
template engine (`environment`); hidden characters are written out; and the page's Content-Security-Policy lets nothing
run or load but the style sheet and the script whose hashes it names (`assets`).
"""

from shadow.report.html.page import render as render
