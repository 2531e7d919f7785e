"""The chatroom itself: sessions, rooms, rules, and delivery. Performs no I/O.

    hub                  all that its driver calls
    commands, cost       what each command does, and what it costs the server
    lines, …_lines       `/` lines, from sessions that know no commands
    posting, delivery    drafts on their way to the log, and what the log says on its way to members
    membership, standing who is in which room, and who may do what there
    state                what is true at this moment

Below `state`, the folder `present` is who is here, `known` what the log says of people, `shares`
what one may use up, `rules` who may do what, and `flow` the way from drafts to members. Above it,
`people` is about being somebody, and `power` about keeping order.

A message's walk: `commands` or `lines` decide (they refuse, or have `posting` add a draft). The
hub's driver has the log append the drafts. `delivery` hands what was committed to `fanout`.
"""

from hubbub.hub.asking import Decision
from hubbub.hub.flow.drafts import Draft
from hubbub.hub.hub import Hub
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.room import Session

__all__ = ["Decision", "Draft", "Hub", "Outlet", "Session"]
