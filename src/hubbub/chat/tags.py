"""What a search may ask of a message besides its words: who said it, and what is in it.

A log keeps each as a word among those of the text, which no text holds by itself: no word has the
sign with which they begin.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, Literal, Protocol, get_args

from hubbub.chat.names import name_key
from hubbub.chat.words import words_of, words_of_each

Content = Literal["link", "code", "file"]
CONTENTS: Final[tuple[Content, ...]] = get_args(Content)

SIGN: Final = "·"
ANYBODY: Final = f"{SIGN}s"
"""How the tag of every sender begins."""

EVERYBODY: Final = f"{SIGN}all"
"""The tag of what may call everybody: whether it does, only its markup tells."""

_LINK = re.compile(r"\b(?:https?|hubbub)://\S", re.IGNORECASE)
_CODE = re.compile(r"```|`[^`\n]+`")
_CALL = re.compile(r"@[`*_~]*(?:everyone|here|all)", re.IGNORECASE)


class Said(Protocol):
    """What the index needs of a message."""

    @property
    def text(self) -> str:
        """As it reads."""

    @property
    def sender(self) -> str:
        """The name of who said it."""

    @property
    def person(self) -> str:
        """Their id, if they are known."""

    @property
    def files(self) -> Sequence[Any]:
        """What it brings."""


@lru_cache(1000)
def sender_tag(sender: str, person: str = "") -> str:
    """Return the tag of what somebody says: by their id if they are known, else by their name."""
    key = person or f" {name_key(sender)}"  # no id has a space
    return ANYBODY + blake2b(key.encode(), digest_size=6).hexdigest()


def content_tag(content: Content) -> str:
    """Return the tag of what has a link, code or a file in it."""
    return SIGN + content


def tags_of(text: str, sender: str, person: str, *, has_file: bool = False) -> list[str]:
    """Return all tags of a message."""
    tags = [sender_tag(sender, person)]
    if "://" in text and _LINK.search(text):
        tags.append(content_tag("link"))
    if "`" in text and _CODE.search(text):
        tags.append(content_tag("code"))
    if has_file:
        tags.append(content_tag("file"))
    if "@" in text and _CALL.search(text):
        tags.append(EVERYBODY)
    return tags


def entry_of(text: str, sender: str, person: str, *, has_file: bool = False) -> str:
    """Return what an index has of a message: its words and tags, with spaces between them."""
    return " ".join([*words_of(text), *tags_of(text, sender, person, has_file=has_file)])


def entries_of(messages: Sequence[Said]) -> list[str]:
    """Return the entry of each message: many take less together."""
    entries = []
    for words, one in zip(words_of_each([one.text for one in messages]), messages, strict=True):
        text = one.text
        if one.files or "://" in text or "`" in text or "@" in text:
            tags = tags_of(text, one.sender, one.person, has_file=bool(one.files))
            entries.append(" ".join([words, *tags]) if words else " ".join(tags))
        else:
            tag = sender_tag(one.sender, one.person)
            entries.append(f"{words} {tag}" if words else tag)
    return entries


def carries(tags: Iterable[str], senders: Sequence[str], contents: Iterable[str]) -> bool:
    """Return whether `tags` name one of `senders`, if there are any, and all `contents`."""
    tags = set(tags)
    return (not senders or not tags.isdisjoint(senders)) and tags.issuperset(contents)
