"""What the HTML standard (https://html.spec.whatwg.org) says of its elements, as far as reading needs it."""

from __future__ import annotations

__all__ = ["ATOMIC", "BLOCK", "BOOLEAN", "HIDDEN", "OPTIONAL_END", "RAW", "RCDATA", "SPACED", "VOID"]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
"""They have no content and no end tag (§13.1.2, and the obsolete ones of §13.2.6.4.7)."""
OPTIONAL_END = _names(
    "html head body p li dt dd option optgroup rb rt rtc rp colgroup caption thead tbody tfoot tr td th"
)
"""Their end tags may be left out (§13.1.2.4)."""
RAW = _names("script style xmp iframe noembed noframes")
"""Their content is text up to the end tag (§13.1.2.1, §13.2.6)."""
RCDATA = _names("title textarea")
"""The same, but with character references."""
BLOCK = _names(
    "html head body title base address article aside blockquote br caption center col colgroup dd details dialog dir "
    "div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li main "
    "menu nav noframes ol optgroup option p search section summary table tbody td tfoot th thead tr ul"
)
"""Beside their tags no white space shows: a line begins there (§15.3), or the element is not shown itself."""
SPACED = _names("pre textarea listing plaintext xmp")
"""White space shows in them as it is (§15.3.3, §15.5.17)."""
HIDDEN = _names("script style template link meta noembed param source track")
"""They show nothing where they stand (§15.3.1), and their own content is taken as it is."""
ATOMIC = _names(
    "img input button select textarea iframe object embed video audio canvas svg math meter progress keygen"
)
"""They stand in a line like a letter does, whatever is in them."""
BOOLEAN = _names(
    "allowfullscreen async autofocus autoplay checked compact controls declare default defer disabled formnovalidate "
    "hidden inert ismap itemscope loop multiple muted nohref nomodule noresize noshade novalidate nowrap open "
    "playsinline readonly required reversed selected"
)
"""`a`, `a=""` and `a="a"` are the same for these attributes (§2.3.2)."""
