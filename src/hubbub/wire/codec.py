"""JSON to commands and events and back; one definition that servers and clients share."""

import difflib

import msgspec

from hubbub.chat.commands import AnyCommand
from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.events import AnyEvent

_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_encoder = msgspec.json.Encoder()
_COMMAND_TYPES = sorted(str(struct.__struct_config__.tag) for struct in AnyCommand.__args__)
_EVENT_TYPES = {str(struct.__struct_config__.tag) for struct in AnyEvent.__args__}
_REF_CHARS_MAX = 64

encode = _encoder.encode
"""Return a command or an event as JSON in UTF-8."""


class _Envelope(msgspec.Struct):
    type: str | None = None
    ref: str | None = None


_envelopes = msgspec.json.Decoder(_Envelope)


def decode_command(text: str) -> AnyCommand:
    """Return the command in a JSON object; raise Refused `bad_command` for anything else."""
    try:
        return _commands.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Refused(_what_is_wrong(text, error)) from None


def ref_of(text: str) -> str | None:
    """Return the `ref` of a command that does not decode, so that its refusal can carry it."""
    try:
        ref = _envelopes.decode(text).ref
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return ref if ref is not None and len(ref) <= _REF_CHARS_MAX else None


def _what_is_wrong(text: str, error: Exception) -> str:
    if not isinstance(error, msgspec.ValidationError):
        return 'A command must be one JSON object with a "type"; this is not valid JSON.'
    try:
        name = _envelopes.decode(text).type
    except msgspec.DecodeError:
        name = None
    if name is None:
        return 'A command must be a JSON object with a "type" such as "say", given as a string.'
    if name not in _COMMAND_TYPES:
        near = difflib.get_close_matches(name, _COMMAND_TYPES, 1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(_COMMAND_TYPES)}."
        return f"There is no command {name[:40]!r}. {hint}"
    return f"The command '{name}' has a bad field: {error}."


def decode_event(text: str) -> AnyEvent | None:
    """Return the event in a JSON object, or None for a type this version does not know.

    Raises ProtocolError for anything that is not an event.
    """
    try:
        return _events.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        try:
            name = _envelopes.decode(text).type
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            name = None
        if name is not None and name not in _EVENT_TYPES:
            return None
        raise ProtocolError(f"The server sent an event that cannot be read: {error}.") from None
