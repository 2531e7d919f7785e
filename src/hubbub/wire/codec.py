"""JSON to commands and events and back; one definition that servers and clients share."""

import re

import msgspec

from hubbub.chat.commands import REF_CHARS_MAX, AnyCommand
from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.events import AnyEvent
from hubbub.chat.heard import Refusal
from hubbub.chat.nearest import nearest

_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_encoder = msgspec.json.Encoder()
_COMMAND_TYPES = sorted(str(struct.__struct_config__.tag) for struct in AnyCommand.__args__)
_EVENT_TYPES = {str(struct.__struct_config__.tag) for struct in AnyEvent.__args__}
_BAD_JSON = (msgspec.DecodeError, RecursionError, UnicodeError)

encode = _encoder.encode
"""Return a command or an event as JSON in UTF-8."""


# Bounded, so that the search takes time in proportion to the text alone.
_REF = re.compile(r'"ref"\s*:\s*("(?:[^"\\]|\\.){0,384}")')


_NOTHING = msgspec.Raw(b"null")


class _Envelope(msgspec.Struct):
    """What a bad command or event is about; numbers that nobody can read spoil neither."""

    type: msgspec.Raw = _NOTHING
    ref: msgspec.Raw = _NOTHING


_strings = msgspec.json.Decoder(str)
_envelopes = msgspec.json.Decoder(_Envelope)


def heard_command(text: str) -> AnyCommand | Refusal:
    """Return the command in a JSON object, or its refusal with the ref that it carries."""
    try:
        return _commands.decode(text)
    except _BAD_JSON as error:
        return Refusal(Refused(_what_is_wrong(text, error)), ref_of(text))


def ref_of(text: str) -> str | None:
    """Return the `ref` of a command that does not decode, so that its refusal can carry it.

    In text that is not JSON it is whatever looks like one: somebody waits for an answer to it.
    """
    given: msgspec.Raw | str = _envelope(text).ref
    if given == _NOTHING and (found := _REF.search(text)):
        given = found[1]
    ref = _string(given)
    return ref if ref is not None and len(ref) <= REF_CHARS_MAX else None


def _envelope(text: str) -> _Envelope:
    try:
        return _envelopes.decode(text)
    except _BAD_JSON:
        return _Envelope()


def _string(raw: msgspec.Raw | str) -> str | None:
    try:
        return _strings.decode(raw)
    except _BAD_JSON:
        return None


def _pattern_in_words(found: re.Match[str]) -> str:
    if found[1].startswith("^[^"):
        return "without control characters"
    number = "22 " if found[1].endswith("{22}$") else ""
    return f"of {number}letters, digits, - and _"


def _what_is_wrong(text: str, error: Exception) -> str:
    if not isinstance(error, msgspec.ValidationError):
        return 'A command must be one JSON object with a "type"; this is not valid JSON.'
    name = _string(_envelope(text).type)
    if name is None:
        return 'A command must be a JSON object with a "type" such as "say", given as a string.'
    if name not in _COMMAND_TYPES:
        name = name[:40]
        near = nearest(name, _COMMAND_TYPES)
        hint = f"Did you mean '{near}'?" if near else f"Known: {', '.join(_COMMAND_TYPES)}."
        return f"There is no command {name!r}. {hint}"
    reason = re.sub(r"matching regex '(.*)'", _pattern_in_words, str(error))
    return f"The command '{name}' has a bad field: {reason}."


def decode_event(text: str) -> AnyEvent | None:
    """Return the event in a JSON object, or None for a type this version does not know.

    Raises ProtocolError for anything that is not an event.
    """
    try:
        return _events.decode(text)
    except _BAD_JSON as error:
        name = _string(_envelope(text).type)
        if name is not None and name not in _EVENT_TYPES:
            return None
        raise ProtocolError(f"The server sent an event that cannot be read: {error}.") from None
