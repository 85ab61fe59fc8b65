"""A request as a command for curl: what is copied sends the same method, target, headers and body once more.

What was redacted becomes a variable of the shell, which whoever runs the command sets. Every value may be hostile, so
each is one quoted word, and what could not arrive as this one request is left out with a word.

To an interactive zsh a line that begins with # is no comment but a command. So what is said there has no quotes, which
would turn what is quoted below inside out, and nothing else that a shell obeys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from shadow.exchange import Headers, Request, header_values
from shadow.redact.marks import MARK
from shadow.redact.names import COOKIE_HEADERS, SCHEME_HEADERS, SECRET_HEADERS
from shadow.report.shell_words import printf_format, shell_word
from shadow.routes.octets import octets

__all__ = ["Curl", "curl"]

_MOST_BODY = 8_000
"""Bytes of a body that stand in the command."""
_LONGEST = 24_000
"""Characters of a command."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 §5.6.2: methods and names of headers."""
_NOT_IN_TARGETS = re.compile(rb"[\x00-\x20\x7f]")
_NOT_IN_VALUES = re.compile(r"[\r\n\0]|\A[ \t]*[\v\f][ \t\v\f]*\Z")
"""RFC 9110 §5.5. A value of nothing but blanks of other kinds is none to curl, which then sends no such header."""
_AS_IT_IS = re.compile(rb"/[A-Za-z0-9/_.~!$&'()*+,;=:@%?-]*")
"""Targets that curl passes on as they are when they stand in a URL."""
_OF_THE_CONNECTION = frozenset(
    {
        "connection", "content-length", "expect", "http2-settings", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""What is between curl and the next server (RFC 9110 §7.6.1), and no part of the request."""
_MARK_IN_TARGETS = re.compile(rf"{MARK.pattern}|%5Bredacted%20[a-z]+%3A[0-9a-f]{{16}}(?:%20\d+%20bytes)?%5D", re.ASCII)
_KNOWN_SECRETS = SCHEME_HEADERS | COOKIE_HEADERS | SECRET_HEADERS
"""Headers that a variable is named after. No other name from traffic becomes one: a variable of that name may hold
something which is nobody's business."""


class Curl(msgspec.Struct, frozen=True):
    text: str
    """Comments and the command, printable ASCII in several lines; comments alone where there can be no command."""
    variables: tuple[str, ...] = ()
    """Of the shell, to be set before it is run."""


def curl(request: Request, url: str) -> Curl:
    """``url``: where that side was asked, which ends with the request's target."""
    target = octets(request.target)
    if not _TOKEN.fullmatch(request.method) or _NOT_IN_TARGETS.search(target):
        return Curl("# There is no command for this request: its method or its target is malformed.")
    command = _Command(request, url.removesuffix(request.target))
    text = command.text()
    if len(text) > _LONGEST:
        return Curl("# There is no command for this request here: it is too long to be pasted.")
    return Curl(text, tuple(command.variables.values()))


class _Command:
    """Writes one command; ``variables``: what was redacted → the variable that stands for it."""

    def __init__(self, request: Request, origin: str) -> None:
        self.variables: dict[str, str] = {}
        self._request = request
        self._origin = origin
        self._notes: list[str] = []

    def text(self) -> str:
        words = [f"curl --globoff --path-as-is {self._url()}", *self._method(), *self._headers(), *self._body()]
        command = " \\\n  ".join(words)
        for mark, name in self.variables.items():
            self._notes.append(f"Set {name} first, to what stands here as {_readable(mark)}.")
        return "".join(f"# {note}\n" for note in self._notes) + self._input + command

    def _url(self) -> str:
        target = self._request.target
        if _AS_IT_IS.fullmatch(octets(_MARK_IN_TARGETS.sub("", target))):
            return self._word(self._origin, target, _MARK_IN_TARGETS, "URL_SECRET")
        wanted = self._word("", target, _MARK_IN_TARGETS, "URL_SECRET")
        return f"{shell_word(octets(self._origin + '/'))} --request-target {wanted}"

    def _method(self) -> Iterator[str]:
        method, body = self._request.method, self._request.body
        if method == "HEAD" and not body:
            yield "--head"
        elif method != "GET" or body:
            yield f"-X {shell_word(method.encode())}"

    def _headers(self) -> Iterator[str]:
        headers = self._request.headers
        left_out = _OF_THE_CONNECTION | {
            name.strip().lower() for value in header_values(headers, "connection") for name in value.split(",")
        }
        host = urlsplit(self._origin).netloc.rpartition("@")[2].lower()
        for name, value in headers:
            if not _TOKEN.fullmatch(name) or _NOT_IN_VALUES.search(value):
                self._note("A malformed header is left out.")
            elif name.lower() not in left_out and (name.lower(), value.strip().lower()) != ("host", host):
                yield f"-H {self._header(name, value)}"
        yield from (f"-H {name}:" for name in _added_by_curl(self._request) if not _has(headers, name))
        if _has(headers, "accept-encoding"):
            yield "--compressed"

    def _header(self, name: str, value: str) -> str:
        if not value.strip(" \t"):
            return shell_word(f"{name};".encode())
        known = name.lower() if name.lower() in _KNOWN_SECRETS else "secret"
        return self._word(f"{name}: ", value, MARK, known.upper().replace("-", "_"))

    def _body(self) -> Iterator[str]:
        self._input = ""
        body = self._request.body
        if MARK.search(body.decode("latin-1")):
            self._note("Put what belongs there in place of what the body has as [redacted ...].")
        if len(body) > _MOST_BODY:
            self._note(f"Save the body of the request, {len(body):,} bytes, as ./body first: it is too long for here.")
            yield "--data-binary @body"
        elif 0 in body:
            self._input = f"printf -- {printf_format(body)} | "
            yield "--data-binary @-"
        elif body:
            # A file would be read where the text begins with @.
            yield f"{'--data-raw' if body.startswith(b'@') else '--data-binary'} {shell_word(body)}"
        elif _has(self._request.headers, "content-length") and self._request.method not in ("GET", "HEAD"):
            yield "--data-binary ''"

    def _word(self, before: str, text: str, mark: re.Pattern[str], name: str) -> str:
        """One word, in which variables stand for what was redacted."""
        encode = octets if mark is _MARK_IN_TARGETS else _octets_of_value
        pieces, at = [], 0
        for found in mark.finditer(text):
            pieces.append(shell_word(encode(before + text[at : found.start()])))
            pieces.append(f'"${self._variable(found[0], name)}"')
            before, at = "", found.end()
        rest = before + text[at:]
        if rest:
            pieces.append(shell_word(encode(rest)))
        return "".join(piece for piece in pieces if piece != "''")

    def _variable(self, mark: str, name: str) -> str:
        if mark not in self.variables:
            taken = sum(1 for other in self.variables.values() if re.fullmatch(rf"{name}(_\d+)?", other))
            self.variables[mark] = f"{name}_{taken + 1}" if taken else name
        return self.variables[mark]

    def _note(self, note: str) -> None:
        if note not in self._notes:
            self._notes.append(note)


def _readable(mark: str) -> str:
    """A mark as it stands in what was stored: letters, digits, brackets, blanks and a colon."""
    return mark.replace("%5B", "[").replace("%20", " ").replace("%3A", ":").replace("%5D", "]")


def _has(headers: Headers, name: str) -> bool:
    return any(key.lower() == name.lower() for key, _ in headers)


def _added_by_curl(request: Request) -> Iterator[str]:
    """Headers that curl sends unless it is told not to."""
    yield from ("User-Agent", "Accept")
    if request.body or _has(request.headers, "content-length"):
        yield "Content-Type"
    if len(request.body) > 1024:
        yield "Expect"


def _octets_of_value(text: str) -> bytes:
    """A header's value as it was on the wire (see `shadow.exchange`)."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return octets(text)
