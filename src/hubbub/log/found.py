"""Where in the messages that a search found stands what was searched for; every log shares it."""

from collections.abc import Sequence

from msgspec.structs import replace

from hubbub.chat.events import Message
from hubbub.chat.words import found_in, phrases_of


def marked(messages: Sequence[Message], words: str) -> list[Message]:
    """Return messages with the places in their texts at which `words` stand."""
    if not (phrases := phrases_of(words)):
        return [*messages]
    return [replace(one, found=tuple(found_in(one.text, phrases))) for one in messages]
