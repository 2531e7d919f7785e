"""What bots may ask for: their tokens have scopes, within which they may do what their role may."""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.roles import Scope
from hubbub.hub.present.room import Session

_SCOPES: Final[dict[Scope | None, tuple[type[c.Command], ...]]] = {
    None: (c.Hello, c.Identify, c.Ping, c.Resume, c.Unlock),
    Scope.READ: (
        *(c.Conversations, c.History, c.Join, c.Leave, c.Members, c.Profile, c.Rooms, c.Search),
        *(c.Mentions, c.Pins, c.Replies, c.Revisions, c.Seen),
    ),
    Scope.WRITE: (
        *(c.Away, c.Back, c.Delete, c.Direct, c.Edit, c.Ignore, c.React, c.Report, c.Say),
        *(c.Signal, c.Typing, c.Upload),
    ),
    Scope.ROOMS: (c.Pin, c.SetTopic),
}
_SCOPE_OF: Final = {kind: scope for scope, kinds in _SCOPES.items() for kind in kinds}
_OF_POWER: Final = (
    *(c.Add, c.Appoint, c.Ban, c.Bans, c.Hold, c.Kick, c.Mute, c.SetDoor, c.SetRules),
    *(c.Unban, c.Unmute),
    *(c.DeleteRoom, c.Hooks, c.MakeHook, c.RevokeHook, c.SetAccess),
    *(c.MakeToken, c.Tokens, c.RevokeToken, c.Invite, c.Invitations, c.Uninvite, c.GiveOutCode),
    *(c.Status, c.People, c.Sessions, c.Reload, c.Backup, c.Import),
)
"""Whose scope stands in the table of rights: it depends on whether they are about a room."""


def check_command(session: Session, kind: type[c.Command]) -> None:
    """Raise Refused `forbidden` if the session is a bot's, and its token not for such a command."""
    if session.scopes is None:
        return
    if kind in _OF_POWER:
        return
    if kind not in _SCOPE_OF:
        raise Refused("Bots cannot do this: it is for people.", code="forbidden")
    if (needed := _SCOPE_OF[kind]) is not None:
        check_scope(session.scopes, needed)


def check_scope(scopes: frozenset[Scope] | None, scope: Scope) -> None:
    """Raise Refused `forbidden` if these are the scopes of a bot's token, and this one is not."""
    if scopes is not None and scope not in scopes:
        raise Refused(
            f"This token lacks the scope '{scope}'; an operator of the server can make one that "
            "has it.",
            code="forbidden",
        )


def may_read(session: Session) -> bool:
    """Return whether a session is a person's, or a bot's whose token is for reading."""
    return session.scopes is None or Scope.READ in session.scopes
