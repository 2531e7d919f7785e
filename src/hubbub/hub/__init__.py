"""The chatroom itself: sessions, rooms, rules, and delivery. Performs no I/O.

    state        what is true at this moment: sessions, rooms, where the log stands
    admission    who is let in under which name        membership   who is in which room
    commands     what event sessions may ask           lines        what `/` lines may ask
    posting      what changes a room's log             private      what is whose in private rooms
    drafts       what waits for the log                delivery     what the log says, to whom

A message's walk: `commands` or `lines` decide (they refuse, or have `posting` add a draft). The
hub's driver has the log append the drafts. `delivery` hands what was committed to `fanout`.
"""

from hubbub.hub.asking import Decision
from hubbub.hub.drafts import Draft
from hubbub.hub.hub import Hub
from hubbub.hub.outlet import Outlet
from hubbub.hub.room import Session

__all__ = ["Decision", "Draft", "Hub", "Outlet", "Session"]
