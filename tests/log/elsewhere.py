"""A copy of a log that numbers as a stream of messages does, each of which holds a segment."""

from collections.abc import Sequence

from msgspec.structs import replace

from hubbub.chat.events import Entry
from hubbub.chat.names import SYSTEM_ROOM
from hubbub.log.sqlite import Projection

STRIDE = 1024


class Elsewhere(Projection):
    """Appends by numbering, far apart, and applying; repeats are found where they are applied."""

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        rooms: dict[str, list[int]] = {SYSTEM_ROOM: []}
        for place, draft in enumerate(drafts):
            rooms.setdefault(draft.room, []).append(place)
        message = self.last // STRIDE
        copies: dict[int, Entry] = {}
        for places in rooms.values():
            for start in range(0, len(places), STRIDE):
                message += 1
                for number, place in enumerate(places[start : start + STRIDE]):
                    copies[place] = replace(drafts[place], seq=message * STRIDE + number)
        applied = dict(zip(copies, await self.apply(list(copies.values())), strict=True))
        for place, draft in enumerate(drafts):
            if applied[place] == copies[place].seq:
                draft.seq, draft.prev = copies[place].seq, copies[place].prev
        return [applied[place] for place in range(len(drafts))]
