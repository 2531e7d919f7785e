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
from hubbub.chat.words import WordsOfEach, words_of

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
    try:
        key = person or f" {name_key(sender)}"  # no id has a space
    except ValueError:  # nobody may have it, since it was damaged, or by newer tables of Unicode
        key = f" {sender}"
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


class Entries:
    """The entries of several messages, which take less together; `count` is of words and tags."""

    def __init__(self, messages: Sequence[Said]) -> None:
        texts = [one.text for one in messages]
        self._words = WordsOfEach(texts)
        together = "\n".join(texts)
        may_tell = "://" in together or "`" in together or "@" in together
        self._tags = [
            _joined_tags(one) if may_tell or one.files else sender_tag(one.sender, one.person)
            for one in messages
        ]
        self._more = "".join(self._tags).count(" ")  # tags than one for each message
        self.count = self._words.count + len(messages) + self._more

    def joined(self, between: str) -> list[str]:
        """Return the words and tags of each message, with `between` between them."""
        tags = self._tags
        if self._more:
            tags = [one.replace(" ", between) for one in tags]
        return [
            f"{words}{between}{tag}" if words else tag
            for words, tag in zip(self._words.joined(between), tags, strict=True)
        ]


def _joined_tags(said: Said) -> str:
    return " ".join(tags_of(said.text, said.sender, said.person, has_file=bool(said.files)))


def carries(tags: Iterable[str], senders: Sequence[str], contents: Iterable[str]) -> bool:
    """Return whether `tags` name one of `senders`, if there are any, and all `contents`."""
    tags = set(tags)
    return (not senders or not tags.isdisjoint(senders)) and tags.issuperset(contents)
