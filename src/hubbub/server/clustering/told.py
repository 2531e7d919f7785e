"""What nodes tell each other over NATS, as JSON.

Nodes of an older and a newer hubbub may run side by side. So whoever hears something passes over
what it does not know: keys, kinds of messages, and kinds of letters. A message of an unknown kind
is counted like any other, and says at least that its node is there. FORMAT rises with each new
kind; a node that hears a higher one has its journal say so.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from hubbub.hub.present.far import Letter, Present, Upkeep

FORMAT: Final = 1


class Told(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What a node tells all others, as the `count`th since its start. Of it alone, a beat."""

    run: str
    name: str
    count: int
    format: int = FORMAT


class Changed(Told, tag_field="type", tag="changed"):
    """Who came or changed, who left, who is writing where, and what holds in rooms in passing.

    A beat says where members reach the node.
    """

    here: Sequence[Present] = ()
    left: Sequence[str] = ()
    typing: Sequence[tuple[str, str]] = ()
    kept: Sequence[Upkeep] = ()
    address: str = ""


class All(Told, tag_field="type", tag="all"):
    """All who are at the node, in several messages that follow each other."""

    here: list[Present]
    is_first: bool
    is_last: bool


class Asked(Told, tag_field="type", tag="asked"):
    """The node with this run is to tell all of it."""

    of: str


class Guessed(Told, tag_field="type", tag="guessed"):
    """Which secrets were wrong: where they came from, for which account, and how many."""

    wrong: Sequence[tuple[str, str, int]] = ()


class Parted(Told, tag_field="type", tag="parted"):
    """The node stops: nobody is there any more."""


_known = msgspec.json.Decoder(Changed | All | Asked | Guessed | Parted)
_unknown = msgspec.json.Decoder(Told)
_letters = msgspec.json.Decoder(list[msgspec.Raw])
_letter = msgspec.json.Decoder(Letter)


def understood(payload: bytes) -> Told | None:
    """Return what a node tells, as far as it is known; None if it is nothing of the kind."""
    try:
        told: Told = _known.decode(payload)
    except msgspec.DecodeError:
        pass
    else:
        return told
    try:
        return _unknown.decode(payload)
    except msgspec.DecodeError:
        return None


def letters_of(payload: bytes) -> Iterator[Letter]:
    """Yield the letters that are known, of those that a node sends to another."""
    try:
        letters = _letters.decode(payload)
    except msgspec.DecodeError:
        return
    for letter in letters:
        try:
            yield _letter.decode(letter)
        except msgspec.DecodeError:
            continue
