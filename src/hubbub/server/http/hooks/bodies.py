"""The bodies that services send to a webhook, read as one text each.

Their formats overlap, and senders combine them. So a body is not sorted into one of them: each part
that is known is read where it stands, and what nobody knows is passed over.
"""

from collections.abc import Mapping
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import Final, NamedTuple

import msgspec

from hubbub.chat.errors import Refused
from hubbub.server.http.hooks import alerts, cards, discord, forges, slack
from hubbub.server.http.hooks.fields import Body, joined, lines, objects_in, text_in
from hubbub.server.http.hooks.forms import FORM, MULTIPART, fields, is_encoded, multipart_fields

TEXTS: Final = ("text", "message", "content", "msg", "body")
DESCRIPTION: Final = "description"  # forges describe with it what something happened to
HEADINGS: Final = ("title", "subject", "summary")
NAMES: Final = ("name", "from", "username")
ADDRESSES: Final = ("url", "link", "click", "attach")
PAYLOADS: Final = ("payload", "payload_json")

_PLAIN_HEADERS: Final = ("title", "priority", "click", "attach")

_URGENT_TYPES: Final = {"warning": "Warning", "failure": "Failure"}  # Apprise's
_URGENT_WORDS: Final = ("high", "urgent", "max")
_URGENT_FROM: Final = {True: 4, False: 8}  # ntfy's, which has a topic, and Gotify's

_EXPECTED: Final = 'Send JSON such as {"text": "hello"}, a form with such a field, or plain text.'


class Said(NamedTuple):
    """A text, and the name under which the sender says it; '' if there is none."""

    text: str
    name: str = ""


def read(body: bytes, headers: Mapping[str, str]) -> Said:
    """Return what a webhook is sent; raise Refused if it cannot be read.

    `headers`: those of the request, whatever their case.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"The body is not text in UTF-8. {_EXPECTED}") from None
    content_type = headers.get("Content-Type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        return _form(multipart_fields(text, content_type), headers)
    if kind.endswith("json") or text.lstrip().startswith("{"):
        if (told := _object(text)) is not None:
            return _said(told, headers)
        if not kind.startswith("text/"):
            raise Refused(f"The body is no valid JSON. {_EXPECTED}")
    if not text.strip() or (kind == FORM and is_encoded(text)):
        return _form(fields(text), headers)
    return _plain(text, headers)


def _object(text: str) -> Body | None:
    """Return the object that a text is in JSON, None if it is no JSON; may raise Refused."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, dict):
        raise Refused(f"The body is JSON, but no object. {_EXPECTED}")
    return value


def _form(named: Body, headers: Mapping[str, str]) -> Said:
    """Read a form: many services put their JSON into one field of it."""
    if not (payload := text_in(named, *PAYLOADS)):
        return _said(named, headers)
    if (told := _object(payload)) is None:
        raise Refused(f"The form's payload is no valid JSON. {_EXPECTED}")
    return _said(told, headers)


def _plain(text: str, headers: Mapping[str, str]) -> Said:
    """Read a text, perhaps with the headers that ntfy gives it."""
    told = {name.lower().removeprefix("x-"): _header(value) for name, value in headers.items()}
    body: dict[str, object] = {name: told[name] for name in _PLAIN_HEADERS if name in told}
    body["topic"] = ""  # it is on ntfy's scale how urgent this is
    return Said(_with_heading(body, text.strip("\r\n")))


def _header(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))  # RFC 2047, for what is not ASCII
    except (MessageError, ValueError, LookupError):
        return value


def _said(told: Body, headers: Mapping[str, str]) -> Said:
    body = {key.lower(): value for key, value in told.items()}  # some write Message, or Title
    text = (
        slack.message(body)
        or discord.unmarked(text_in(body, "content"))
        or text_in(body, *TEXTS)
        or forges.event(body, headers.get("X-GitHub-Event", "") or text_in(body, "object_kind"))
        or text_in(body, DESCRIPTION)
    )
    text = lines(
        [
            text,
            *(discord.embed(one) for one in objects_in(body, "embeds")),
            *(cards.section(one) for one in objects_in(body, "sections")),
            *(cards.adaptive(one) for one in objects_in(body, "attachments")),
        ]
    )
    if text or text_in(body, *HEADINGS):
        return Said(_with_heading(body, text), text_in(body, *NAMES))
    if text := alerts.group(told):
        return Said(text)
    if any(isinstance(body.get(key), str) for key in TEXTS):
        raise Refused("The text is empty.", code="empty")
    sought = ", ".join((*TEXTS, DESCRIPTION, *HEADINGS, "attachments", "blocks", "embeds"))
    raise Refused(f"The body holds no text; these fields are known: {sought}, alerts. {_EXPECTED}")


def _with_heading(body: Body, text: str) -> str:
    """Return a text below its heading, with how urgent it is, and the address it leads to."""
    heading = text_in(body, *HEADINGS)
    if text.startswith(heading):
        heading = ""
    if urgency := _urgency(body):
        heading, text = joined(urgency, heading or text), text if heading else ""
    addresses = (text_in(body, key) for key in ADDRESSES)
    return lines([heading, text, *(one for one in addresses if one not in text)])


def _urgency(body: Body) -> str:
    priority = text_in(body, "priority").lower()
    is_number = priority.isascii() and priority.isdigit() and len(priority) <= 2
    if priority in _URGENT_WORDS or (is_number and int(priority) >= _URGENT_FROM["topic" in body]):
        return "High priority"
    return _URGENT_TYPES.get(text_in(body, "type"), "")
