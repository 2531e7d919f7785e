"""The chatroom itself: who is where, what may be done, and who is told. Performs no I/O.

A message's walk: `commands` and `lines` decide (refuse, or add a draft), whoever drives the hub
has the log append the drafts, and `Hub.apply` hands what was committed to `fanout`.
"""

from hubbub.hub.hub import Batch, Hub
from hubbub.hub.session import Decision, Format, Outlet, Session

__all__ = ["Batch", "Decision", "Format", "Hub", "Outlet", "Session"]
