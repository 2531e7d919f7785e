"""What the user is in a room, and so which acts are offered to them; the server decides."""

from hubbub.chat.durations import spoken_duration
from hubbub.chat.events import RoomRules
from hubbub.chat.names import is_direct, is_system, same_name
from hubbub.chat.roles import Kind, Role
from hubbub.client import Chat

NAMES_MAX = 3
"""How many a sentence names of those whom one could ask."""

_KINDS = {"guest": Role.GUEST, "member": Role.MEMBER, "bot": Role.MEMBER}


class Standing:
    """What the client library holds says it all: nothing is asked of the server."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def role(self, room: str) -> Role:
        """Return what the user is in a room; in the whole chatroom, if it has no name."""
        person, replicas = self._chat.person, self._chat.replicas
        if person is None:
            return Role.PASSING
        if any(one.role == Role.OPERATOR.word for one in replicas.values()):
            return Role.OPERATOR
        replica = replicas.get(room)
        here = role_by(replica.rules, self._chat.name) if replica is not None else Role.PASSING
        return max(here, _KINDS.get(person.kind, Role.GUEST))

    def kinds(self, room: str) -> tuple[Kind, ...]:
        """Return what a room is, to the user: to its writers, none is read-only."""
        if is_direct(room):
            return (Kind.CONVERSATION,)
        if is_system(room):
            return (Kind.SYSTEM,)
        rules = self._rules(room)
        is_writer = any(same_name(one, self._chat.name) for one in rules.writers)
        states = {
            Kind.READ_ONLY: rules.read_only and not is_writer,
            Kind.LOCKED: rules.locked,
            Kind.ARCHIVED: rules.archived,
        }
        base = Kind.PRIVATE if rules.private else Kind.PUBLIC
        return (base, *(kind for kind, holds in states.items() if holds))

    def _rules(self, room: str) -> RoomRules:
        replica = self._chat.replicas.get(room)
        return replica.rules if replica is not None else RoomRules(room=room)

    def silence(self, room: str) -> str:
        """Return why the user may write nothing in a room, as a sentence; empty if they may."""
        kinds = self.kinds(room)
        if Kind.SYSTEM in kinds:
            return f"The server keeps '{room}' by itself; nobody can write in it."
        role, rules = self.role(room), self._rules(room)
        for kind, needed, holder, remedy in _SILENT:
            if kind in kinds and (needed is None or role < needed):
                if role >= holder:
                    return f"This room is {kind}; {remedy} first."
                return f"This room is {kind}; {_ask(rules, holder)} can {remedy}."
        return ""


_SILENT = (
    (Kind.ARCHIVED, None, Role.OWNER, "bring it back"),
    (Kind.LOCKED, Role.MODERATOR, Role.MODERATOR, "unlock it"),
    (Kind.READ_ONLY, Role.MODERATOR, Role.MODERATOR, "let you write"),
)
"""In which rooms somebody writes nothing: whoever is less than the first role. Whose right it is to
change that, and how."""


def _ask(rules: RoomRules, role: Role) -> str:
    """Return the names of those who have at least this role in a room, as a sentence says them."""
    names = [*(rules.moderators if role is Role.MODERATOR else ()), rules.owner]
    *others, last = [name for name in names if name][:NAMES_MAX] or ["an operator of the server"]
    return f"{', '.join(others)} or {last}" if others else last


def role_by(rules: RoomRules, name: str) -> Role:
    """Return what the rules of a room make of somebody; PASSING: nothing."""
    if rules.owner and same_name(rules.owner, name):
        return Role.OWNER
    return Role.MODERATOR if any(same_name(one, name) for one in rules.moderators) else Role.PASSING


def rules_told(title: str, rules: RoomRules) -> str:
    """Return what holds in a room, as one sentence."""
    slow = f"everybody writes once in {spoken_duration(rules.slow_seconds)}"
    parts = {
        f"owned by {rules.owner}": rules.owner,
        "private": rules.private,
        f"moderated by {', '.join(rules.moderators)}": rules.moderators,
        "read-only": rules.read_only,
        f"written by {', '.join(rules.writers)}, too": rules.read_only and rules.writers,
        "locked": rules.locked,
        "archived": rules.archived,
        slow: rules.slow_seconds,
        "texts from before edits can be read": rules.revisions,
        f"messages are kept {rules.retention}": rules.retention,
        "under a legal hold, so nothing can be changed or deleted": rules.held,
        f"its topic is set by whoever is {rules.topic_by} or more": rules.topic_by != "passing",
    }
    told = [part for part, holds in parts.items() if holds]
    return f"{title}: {'; '.join(told)}." if told else f"Nothing special holds in {title}."
