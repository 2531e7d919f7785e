"""What was said elsewhere comes into the log of a server that runs: for whoever has its machine.

It is nobody's here, so neither rights nor limits of people are asked. It must only be what the log
and the clients may meet: allowed names, and texts without control characters.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.commands.importing import BROUGHT_BYTES_MAX, REACTIONS_MAX
from hubbub.chat.errors import Refused
from hubbub.chat.events import AnyLogged
from hubbub.chat.fold import target_of
from hubbub.chat.names import allowed_name, allowed_room
from hubbub.chat.queries import ImportQuery
from hubbub.chat.text import inert, inert_line
from hubbub.hub.asking import Reading
from hubbub.hub.power.audit import record
from hubbub.hub.present.host import HOST
from hubbub.hub.present.room import Session
from hubbub.hub.state import State


def bring(state: State, session: Session, command: c.Import, _at: int) -> Reading:
    """Have messages written that were said elsewhere, and say where they stand."""
    if session.person.id != HOST:
        raise Refused(
            "Only somebody on the server's own machine imports what was said elsewhere: "
            "'hubbub import' there, with --data.",
            code="forbidden",
        )
    names: set[str] = set()
    for place, message in enumerate(command.messages):
        _check(message, names, f"Message {place + 1} of {len(command.messages)}")
    if command.messages:
        answer = yield ImportQuery(command.source, command.messages)
        assert isinstance(answer, e.Imported), "what is imported is answered so"
        session.send(replace(answer, ref=command.ref))
    else:
        record(state, session, f"began to import from '{command.source}'")
        session.send(e.Imported(seqs=[], new=[], ref=command.ref))


def _check(message: c.Brought, names: set[str], which: str) -> None:
    """Raise Refused if a message is not as it has to be here; `names` were looked at before."""
    text, given = message.text, [name for one in message.reactions for name in one.names]
    for emoji in (one.emoji for one in message.reactions):
        if emoji != inert_line(emoji) or any(map(str.isspace, emoji)):
            raise Refused(f"{which} has a reaction that is no emoji or short word.")
    if len(given) > REACTIONS_MAX:
        raise Refused(f"{which} has more than {REACTIONS_MAX} reactions.", code="too_long")
    if allowed_room(message.room) != message.room:
        raise Refused(f"{which} is in no room of this name: {allowed_room(message.room)!r} is one.")
    for name in {message.sender, *given} - names:
        if allowed_name(name) != name:
            raise Refused(f"{which} has a name as it is not written: {allowed_name(name)!r} is.")
        names.add(name)
    if text != inert(text) or not (text.strip("\n") or message.deleted):
        raise Refused(f"{which} has no visible text, or control characters in it.", code="empty")
    if len(text.encode()) > BROUGHT_BYTES_MAX:
        raise Refused(f"{which} has more than {BROUGHT_BYTES_MAX:,} bytes.", code="too_long")


def standing(state: State, entries: Sequence[AnyLogged]) -> list[AnyLogged]:
    """Return what of `entries` may be committed now: only changes of what stands in the room.

    It may have been deleted meanwhile, or put under a legal hold. A message that answers none of
    its room is one all the same.
    """
    found: list[AnyLogged] = []
    for entry in entries:
        room, rules = state.rooms.get(entry.room), state.order.rules.get(entry.room)
        last = 0 if room is None else room.last
        about = entry.reply_to if isinstance(entry, e.Message) else target_of(entry)
        stands = about is not None and state.removed.get(entry.room, 0) < about <= last
        if isinstance(entry, e.Message):
            entry.reply_to = about if stands else None
        elif not stands or (isinstance(entry, e.Deleted) and rules is not None and rules.held):
            continue
        found.append(entry)
    return found
