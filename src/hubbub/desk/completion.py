"""What the word before the cursor can become: commands, names, rooms, emoji. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from hubbub.chat.names import NAME_CHARS_MAX
from hubbub.chat.text import inert_line
from hubbub.desk.emoji_names import emoji_matching


class Sources(Protocol):
    """What completion draws from."""

    def names(self) -> Sequence[str]:
        """Return whom the user may mean, recent speakers first."""

    def rooms(self) -> Sequence[str]:
        """Return the names of rooms."""

    def commands(self) -> Sequence[tuple[str, str]]:
        """Return the words of the slash commands without the slash, each with its purpose."""


class Candidate(NamedTuple):
    """`text` is what the input gets, `label` what the user chooses by."""

    text: str
    label: str
    purpose: str = ""


class Completion(NamedTuple):
    """The candidates, never none, for what stands from the column `start` to the cursor."""

    start: int
    candidates: tuple[Candidate, ...]


Find = Callable[[str, Sources], Iterator[Candidate]]


class _Rule(NamedTuple):
    """Where group 1 of `place` is found before the cursor, `find` lists what it can become."""

    place: re.Pattern[str]
    find: Find
    is_offered: bool = False
    """Whether the candidates are shown unasked once something of the word is typed."""


def _commands(typed: str, sources: Sources) -> Iterator[Candidate]:
    for word, purpose in sources.commands():
        if word.startswith(typed.casefold()):
            yield Candidate(f"{word} ", f"/{word}", purpose)


def _rooms(typed: str, sources: Sources) -> Iterator[Candidate]:
    for room in _beginning(typed, (name.removeprefix("#") for name in sources.rooms())):
        yield Candidate(f"{room} ", f"#{room}")


def _names(typed: str, sources: Sources) -> Iterator[Candidate]:
    for name in _beginning(typed, sources.names()):
        yield Candidate(f"{name} ", name)


def _emoji(typed: str, _sources: Sources) -> Iterator[Candidate]:
    for emoji, name in emoji_matching(typed.removeprefix(":")):
        yield Candidate(emoji, f"{emoji} {name}")


def _beginning(typed: str, names: "Iterator[str] | Sequence[str]") -> Iterator[str]:
    key = typed.casefold()
    for name in map(inert_line, names):  # whoever wrote the name, no terminal obeys it
        if name.casefold().startswith(key):
            yield name


_AT_START = (
    _Rule(re.compile(r"^/([\w-]*)$"), _commands, is_offered=True),
    _Rule(re.compile(r"^/(?:join|leave)\s+#?(\S*)$", re.IGNORECASE), _rooms),
    _Rule(
        re.compile(
            r"^/(?:msg|invite|whois|ignore|unignore|kick|ban|mute|appoint)\s+@?((?:\S.*)?)$",
            re.IGNORECASE,
        ),
        _names,
    ),
)
_ANYWHERE = (
    _Rule(re.compile(r"(?<!\S)(:[\w+-]{2,})$"), _emoji, is_offered=True),
    _Rule(re.compile(r"(?<!\w)@([^@]*)$"), _names, is_offered=True),
    _Rule(re.compile(r"(?<!\w)#(\S*)$"), _rooms, is_offered=True),
)
_LOOKED_BACK = 2 * NAME_CHARS_MAX
_NO_START = "@#:/"


def complete(line: str, column: int, sources: Sources, *, is_first: bool) -> Completion | None:
    """Return what the word before `column` can become. `is_first`: of the first line of a text."""
    for rule in (*(_AT_START if is_first else ()), *_ANYWHERE):
        if completion := _applied(rule, line, column, sources):
            return completion
    return _bare_name(line, column, sources, is_first=is_first)


def offered(line: str, column: int, sources: Sources, *, is_first: bool) -> Completion | None:
    """Return the same as `complete`, but only what is worth showing before the user asks."""
    for rule in (*(_AT_START if is_first else ()), *_ANYWHERE):
        if rule.is_offered and (completion := _applied(rule, line, column, sources)):
            return completion if completion.start < column else None
    return None


def _applied(rule: _Rule, line: str, column: int, sources: Sources) -> Completion | None:
    found = rule.place.search(line, max(0, column - _LOOKED_BACK), column)
    if found is None:
        return None
    return _completion(line, found.start(1), column, tuple(rule.find(found[1], sources)))


def _bare_name(line: str, column: int, sources: Sources, *, is_first: bool) -> Completion | None:
    """Complete a name without @. It may hold spaces, so the longest beginning of one counts."""
    names = [inert_line(name) for name in sources.names()]
    keys = [name.casefold() for name in names]
    for start in range(max(0, column - NAME_CHARS_MAX), column):
        before = line[start - 1] if start else " "
        if line[start].isspace() or before.isalnum() or before in _NO_START:
            continue
        typed = line[start:column].casefold()
        ending = ": " if is_first and not start else " "
        found = [
            Candidate(name + ending, name)
            for name, key in zip(names, keys, strict=True)
            if key.startswith(typed)
        ]
        if found:
            return _completion(line, start, column, tuple(found))
    return None


def _completion(
    line: str, start: int, column: int, candidates: tuple[Candidate, ...]
) -> Completion | None:
    if line.startswith(" ", column):  # the space that follows is there already
        candidates = tuple(one._replace(text=one.text.removesuffix(" ")) for one in candidates)
    return Completion(start, candidates) if candidates else None
