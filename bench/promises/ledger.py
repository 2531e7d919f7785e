"""What everybody knows: what was said, acknowledged and seen, and whatever is wrong with it.

A text is said once, by one sender, and says so itself: `NAME NUMBER`, and then anything. So every
message can be recognised wherever it turns up.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bench.promises.standing import RoomLook, Standing

Json = dict[str, Any]

HUSH: Final = "between-us-alone"
"""Stands in all that is said in private, and so in nothing that others may get."""

FINDINGS_MAX: Final = 40
OF_ONE_MAX: Final = 2
"""So many are shown of one round, and so many of them begin alike."""


@dataclass(slots=True)
class Said:
    """A message of a sender: its place among the sender's, and the hashes of its files."""

    sender: str
    number: int
    room: str
    text: str
    files: tuple[str, ...] = ()
    seq: int | None = None
    """Where it is, once that was acknowledged."""
    withdrawn: bool = False
    """Whether the server said that it did not post it, and nobody said it again."""
    texts: list[str] = field(default_factory=list)
    """All that it read, the newest last, if its sender changes it."""
    is_deleted: bool = False
    reactions: set[tuple[str, str]] = field(default_factory=set)
    """Emoji that it has, and by whom."""
    unanswered: int = 0
    """How many of its changes are under way: until they are answered, it may read either way."""
    called: list[str] = field(default_factory=list)
    """What its sender may have been called meanwhile, if that changes."""
    is_gone: bool = False
    """Whether its room was deleted."""

    @property
    def names(self) -> list[str]:
        """Under which of these names it stands."""
        return self.called or [self.sender]

    @property
    def now(self) -> str:
        """What it reads now."""
        if self.is_deleted:
            return ""
        return self.texts[-1] if self.texts else self.text

    @property
    def nonce(self) -> str:
        """By which a repeat of it is known."""
        return f"{self.sender}-{self.number}"


@dataclass(slots=True)
class Seen:
    """How a message reads somewhere. `reactions`: None where they are not told."""

    text: str
    is_deleted: bool = False
    reactions: set[tuple[str, str]] | None = field(default_factory=set)
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """All messages of a room as somebody saw them when nothing more happened.

    `is_cut`: only the beginnings of texts, and nothing of what was deleted. `begins`: the seq after
    which they are all there.
    """

    by: str
    room: str
    messages: dict[int, Seen]
    is_cut: bool = False
    begins: int = 0


@dataclass(slots=True)
class Reading:
    """What one reader saw of a room, from its beginning, once and in order.

    `messages_only`: the reader is told of no other events, and not which one is before each.
    """

    reader: str
    room: str
    messages_only: bool = False
    events: list[Json] = field(default_factory=list)

    @property
    def cursor(self) -> int:
        """The seq of the last event seen."""
        return int(self.events[-1]["seq"]) if self.events else 0


class Ledger:
    """Everybody's notes of one round."""

    def __init__(self, *, may_come_late: bool = False, looked_for: Collection[str] = ()) -> None:
        self.may_come_late = may_come_late
        """Whether what was refused may be posted all the same, as nodes tell (clustering.md)."""
        self.said: dict[str, Said] = {}
        """By their first texts."""
        self.hidden: set[str] = set()
        """The rooms that are private."""
        self.standings: dict[str, Standing] = {}
        """The rooms that have an owner who decides something, by name."""
        self.room_looks: list[RoomLook] = []
        self.readings: list[Reading] = []
        self.looks: list[Look] = []
        self.heard: list[list[tuple[str, str]]] = []
        """What classic listeners heard, a list of names and texts for each connection."""
        self.findings: list[str] = []
        self.is_all_found = asyncio.Event()
        """Whether there is a finding for each pattern of `looked_for`, if there are any."""
        self._unfound = list(looked_for)
        self.acknowledged = 0
        self.changes = 0
        """How many edits, deletions, reactions and decisions are acknowledged."""
        self.refused = 0
        self._is_over = False
        self._counts: Counter[str] = Counter()
        self._by_nonce: dict[str, Said] = {}
        self._changing: dict[int, list[str]] = {}
        self._changed = asyncio.Condition()

    def goes_on(self) -> bool:
        """Return whether anybody is to say anything new."""
        return not self._is_over

    def end(self) -> None:
        """Have nobody say anything new."""
        self._is_over = True

    def note_room(self, standing: Standing) -> None:
        """Know of a room that somebody decides about."""
        self.standings[standing.room] = standing

    def look_at_room(self, look: RoomLook) -> None:
        """Note how such a room was seen when nothing more happened."""
        self.room_looks.append(look)

    def say(self, sender: str, room: str, padding: int = 0, files: tuple[str, ...] = ()) -> Said:
        """Return a new message of a sender."""
        self._counts[sender] += 1
        number = self._counts[sender]
        words = [sender, str(number)]
        words += [HUSH] if room in self.hidden else []
        words += self.standings[room].words() if room in self.standings else []
        words += ["é" * padding] if padding else []
        said = Said(sender, number, room, " ".join(words), files)
        self.said[said.text] = self._by_nonce[said.nonce] = said
        return said

    def meant(self, message: Json) -> Said | None:
        """Return what a message of the log was when it was said; None if nobody said it."""
        return self._by_nonce.get(message.get("nonce", "")) or self.said.get(message["text"])

    def texts_of(self, seq: int) -> list[str]:
        """Return all texts that a message had; none if it was never changed."""
        return self._changing.get(seq, [])

    async def acknowledge(self, said: Said, seq: int) -> None:
        """Note where a message is; it can be nowhere else."""
        if said.seq not in (None, seq):
            self.find(f"'{said.text[:40]}' was acknowledged with the seq {said.seq}, then {seq}.")
        if said.seq is None:
            said.seq = seq
            if said.texts:
                self._changing[seq] = said.texts
            self.acknowledged += 1
            async with self._changed:
                self._changed.notify_all()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds after an acknowledgement; return whether it does in time."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            return condition()
        return True

    def count_refusal(self) -> None:
        """Note that the server cannot post something just now."""
        self.refused += 1

    def reading(self, reader: str, room: str, *, messages_only: bool = False) -> Reading:
        """Return a reader's notes of a room, to be filled in."""
        reading = Reading(reader, room, messages_only)
        self.readings.append(reading)
        return reading

    def see(self, reading: Reading, event: Json) -> None:
        """Note an event of a room; it follows the one before."""
        if reading.messages_only:
            if event["seq"] <= reading.cursor:
                self.find(
                    f"{reading.reader} saw the seq {event['seq']} of {reading.room} after the seq "
                    f"{reading.cursor}."
                )
        elif event["prev"] != reading.cursor:
            self.find(
                f"{reading.reader} saw the seq {event['seq']} of {reading.room}, which follows "
                f"{event['prev']}, after the seq {reading.cursor}."
            )
        reading.events.append(event)

    def overhear(self, who: str, told: str) -> None:
        """Look at what was told to somebody who is in no private room."""
        if HUSH in told:
            at = told.index(HUSH)
            self.find(f"{who} is told what was said in private: {told[max(0, at - 200) : at + 50]}")

    def overhear_outside(self, who: str, told: str) -> None:
        """Look at what was told to somebody who may be put out of rooms."""
        for standing in self.standings.values():
            bar = standing.out.get(who)
            if bar is not None and bar.holds and bar.word in told:
                self.find(f"{who} is put out of {standing.room}, and is told: {told[:200]}")

    def find(self, what: str) -> None:
        """Note that a promise is broken, in a sentence."""
        self.findings.append(what)
        if self._unfound:
            self._unfound = [one for one in self._unfound if not re.search(one, what)]
            if not self._unfound:
                self.is_all_found.set()


def shortened(findings: Sequence[str]) -> list[str]:
    """Return as much of what was found as people read: the rest is mostly the same."""
    told: Counter[str] = Counter()
    short = []
    for finding in findings:
        teller = finding.partition(" ")[0]
        told[teller] += 1
        if told[teller] <= OF_ONE_MAX:
            short.append(finding)
    return short[:FINDINGS_MAX]
