"""What comes over HTTP: the bodies of webhooks, and headers that hubbub reads itself."""

from contextlib import suppress

from bench.fuzz.target import Target, text_of
from hubbub.chat.errors import Refused
from hubbub.server.http.forwarded import client_of
from hubbub.server.http.hooks.bodies import read
from hubbub.server.http.ranges import UNSATISFIABLE, asked_range
from hubbub.server.http.request_line import in_ascii

KINDS = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "",
)
SIZE = 1000


def read_webhook(data: bytes) -> None:
    """The body of a webhook, of any kind; the first line is its title in a header."""
    if not data:
        return
    title, _, body = data[1:].partition(b"\n")
    headers = {"Content-Type": KINDS[data[0] % len(KINDS)], "Title": text_of(title)}
    with suppress(Refused):
        read(body, headers)


def read_range(data: bytes) -> None:
    """Which part of a file is asked for."""
    found = asked_range({"Range": text_of(data)}, SIZE, '"etag"')
    if found not in (None, UNSATISFIABLE):
        start, end = found
        assert 0 <= start < end <= SIZE


def read_forwarded(data: bytes) -> None:
    """For whom a proxy asks."""
    for header in ("X-Forwarded-For", "Forwarded"):
        assert client_of("127.0.0.1", {header: text_of(data)}, ("192.0.2.9",))


def read_request_line(data: bytes) -> None:
    """A request line with raw text in it."""
    assert in_ascii(data).isascii()


TARGETS = (
    Target(
        "webhook",
        read_webhook,
        (
            b'\x00title\n{"text":"<a:b> &amp; <!date^1^{date}|x>","attachments":[{"fields":[{}]}]}',
            b'\x00\n{"embeds":[{"title":"a","fields":[{"name":"b"}]}],"content":"<t:1:R> <@1>"}',
            b'\x00\n{"alerts":[{"status":"firing","labels":{"a":"b"},"annotations":{}}]}',
            b'\x00\n{"repository":{"full_name":"a/b"},"ref":"refs/heads/c","commits":[{}]}',
            b'\x00\n{"blocks":[{"type":"rich_text","elements":[{"text":"x"}]}],"priority":9}',
            b'\x00\n{"sections":[{"facts":[{"name":"a","value":"b"}]}]}',
            b"\x01\ntext=a%20b&name=c&payload={}",
            b'\x02\n--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello\r\n--x--\r\n',
            b'\x00\n{"text":"<!date^1>"}',
            b"\x03=?utf-8?q?a?=\nplain",
            b"\x03=?utf\xff-8?q?a?=\nplain",
        ),
    ),
    Target("range", read_range, (b"bytes=0-10", b"bytes=-5", b"bytes=5-", b"bytes=1-2,3-4")),
    Target(
        "forwarded",
        read_forwarded,
        (b'for="[2001:db8::1]:80", for=192.0.2.1', b"192.0.2.1:80, 127.0.0.1"),
    ),
    Target("request-line", read_request_line, ("GET /?q=日本 HTTP/1.1".encode(),)),
)
