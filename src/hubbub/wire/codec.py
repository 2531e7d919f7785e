"""JSON to commands and events and back; one definition that servers and clients share."""

import difflib
import re

import msgspec

from hubbub.chat.commands import REF_CHARS_MAX, AnyCommand
from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.events import AnyEvent
from hubbub.chat.heard import Refusal

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


class _Envelope(msgspec.Struct):
    type: object = None
    ref: object = None


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
    ref = _envelope(text).ref
    if ref is None and (found := _REF.search(text)):
        try:
            ref = msgspec.json.decode(found[1])
        except _BAD_JSON:
            ref = None
    return ref if isinstance(ref, str) and len(ref) <= REF_CHARS_MAX else None


def _envelope(text: str) -> _Envelope:
    try:
        return _envelopes.decode(text)
    except _BAD_JSON:
        return _Envelope()


def _what_is_wrong(text: str, error: Exception) -> str:
    if not isinstance(error, msgspec.ValidationError):
        return 'A command must be one JSON object with a "type"; this is not valid JSON.'
    name = _envelope(text).type
    if not isinstance(name, str):
        return 'A command must be a JSON object with a "type" such as "say", given as a string.'
    if name not in _COMMAND_TYPES:
        name = name[:40]
        near = difflib.get_close_matches(name, _COMMAND_TYPES, 1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(_COMMAND_TYPES)}."
        return f"There is no command {name!r}. {hint}"
    # The one pattern of the vocabulary, in words.
    reason = re.sub(r"matching regex '.*'", "without control characters", str(error))
    return f"The command '{name}' has a bad field: {reason}."


def decode_event(text: str) -> AnyEvent | None:
    """Return the event in a JSON object, or None for a type this version does not know.

    Raises ProtocolError for anything that is not an event.
    """
    try:
        return _events.decode(text)
    except _BAD_JSON as error:
        name = _envelope(text).type
        if isinstance(name, str) and name not in _EVENT_TYPES:
            return None
        raise ProtocolError(f"The server sent an event that cannot be read: {error}.") from None
