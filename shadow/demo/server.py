"""A small, correct HTTP/1.1 server on the standard library: a thread per connection, keep-alive, gzip where asked."""

from __future__ import annotations

import argparse
import contextlib
import gzip
import os
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from shadow.exchange import Headers, Request, Response, header

__all__ = ["Application", "options", "serve"]

Application = Callable[[Request], Response]
"""Answers one request; the server adds `Date`, `Content-Length` and, where asked for and worth it, gzip."""

WORTH_COMPRESSING = 256
"""Bytes; smaller bodies are sent as they are."""


def options(description: str | None) -> argparse.ArgumentParser:
    """The command line that both sides share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--noise", action="store_true", help="add an id and a time to each answer that never repeat")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    return parser


def serve(application: Application, port: int, *, with_parent: bool = False) -> None:
    """Serve on loopback until the process is ended; the first line on standard output is the port.

    ``with_parent`` also ends the process when standard input ends, so that it never outlives whoever started it.
    Raises OSError when the port is taken.
    """
    with contextlib.suppress(KeyboardInterrupt), _Server(("127.0.0.1", port), _handler(application)) as server:
        print(server.server_address[1], flush=True)
        if with_parent:
            threading.Thread(target=_end_with_parent, daemon=True).start()
        server.serve_forever()


def _end_with_parent() -> None:
    # The raw descriptor: a thread that waits inside `sys.stdin` would hold its lock while the interpreter ends.
    while os.read(0, 4096):
        pass
    os._exit(0)


class _Server(socketserver.ThreadingTCPServer):
    # Not http.server's own: that one looks its host name up in DNS when it starts.
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that went away while it was being answered (its time ran out, say) is none of our business.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _handler(application: Application) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # buffered: head and body leave in one packet

        def answer(self) -> None:
            length = self.headers.get("Content-Length", "0")
            unframed = 411 if self.headers.get("Transfer-Encoding") else 400 if not _is_number(length) else 0
            if unframed:
                # Where this request ends is unknown, so no other can follow on this connection.
                self.close_connection = True
                self.reply(Response(unframed, [("Connection", "close")]))
                return
            body = self.rfile.read(int(length))
            request = Request(self.command, self.path, list(self.headers.items()), body)
            self.reply(_compressed(request, application(request)))

        def reply(self, response: Response) -> None:
            self.send_response_only(response.status)
            self.send_header("Date", self.date_time_string())
            for name, value in response.headers:
                self.send_header(name, value)
            # RFC 9110 §8.6: no Content-Length in a 204; §9.3.2: HEAD gets the head that GET would get.
            if response.status != 204:
                self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD" and response.status != 204:
                self.wfile.write(response.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
            """A line per request would be most of the work."""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        setattr(Handler, f"do_{method}", Handler.answer)
    return Handler


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _compressed(request: Request, response: Response) -> Response:
    if len(response.body) < WORTH_COMPRESSING or not _accepts_gzip(request.headers):
        return response
    if header(response.headers, "Content-Encoding"):
        return response
    # mtime=0: the same body gives the same bytes, always.
    body = gzip.compress(response.body, compresslevel=1, mtime=0)
    return Response(response.status, [*response.headers, ("Content-Encoding", "gzip")], body)


def _accepts_gzip(headers: Headers) -> bool:
    for coding in header(headers, "Accept-Encoding").split(","):
        name, _, weight = coding.partition(";")
        if name.strip().lower() in {"gzip", "*"}:
            return weight.replace(" ", "").rstrip("0").rstrip(".") != "q="
    return False
