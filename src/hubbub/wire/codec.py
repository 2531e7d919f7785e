"""JSON to commands and events and back; one definition that servers and clients share."""

import difflib
import re

import msgspec

from hubbub.chat.commands import REF_CHARS_MAX, AnyCommand
from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.events import AnyEvent

_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_encoder = msgspec.json.Encoder()
_COMMAND_TYPES = sorted(str(struct.__struct_config__.tag) for struct in AnyCommand.__args__)
_EVENT_TYPES = {str(struct.__struct_config__.tag) for struct in AnyEvent.__args__}
_BAD_JSON = (msgspec.DecodeError, RecursionError, UnicodeError)

encode = _encoder.encode
"""Return a command or an event as JSON in UTF-8."""


class _Envelope(msgspec.Struct):
    type: object = None
    ref: object = None


_envelopes = msgspec.json.Decoder(_Envelope)


def decode_command(text: str) -> AnyCommand:
    """Return the command in a JSON object; raise Refused `bad_command` for anything else."""
    try:
        return _commands.decode(text)
    except _BAD_JSON as error:
        raise Refused(_what_is_wrong(text, error)) from None


def ref_of(text: str) -> str | None:
    """Return the `ref` of a command that does not decode, so that its refusal can carry it."""
    ref = _envelope(text).ref
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
