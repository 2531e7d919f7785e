"""Who may do what: one table, act by kind of room, with the least role that may.

A room may be of several kinds at once, such as private and locked: then the strictest cell holds.
The table knows neither rooms nor people: the hub says what somebody is in a room (their role), and
what the room is (its kinds). Whoever does not see a room at all, because it is private and they
are not in it, has no role there, operators included; that is for the hub to find out before.

Power has one more rule: nobody acts on somebody whose role is as high as theirs, or higher, except
on themselves. And the last owner of a room, or operator, stays what they are until there is
another one.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from hubbub.chat.errors import Refused
from hubbub.chat.roles import Kind, Role, Scope

NAMES_MAX = 3
"""How many a sentence names of those whom one could ask."""


class Act(StrEnum):
    """Everything that is somebody's right, as a sentence says it of a place."""

    # In a room; some of it also in the chatroom as a whole.
    JOIN = "enter {}"
    LEAVE = "leave {}"
    READ = "read what was said in {}"
    SAY = "write in {}"
    REACT = "react to messages in {}"
    EDIT = "edit their own messages in {}"
    DELETE = "take back their own messages in {}"
    TOPIC = "set the topic of {}"
    PIN = "pin messages in {}"
    REPORT = "report messages in {}"
    INVITE = "invite people to {}"
    REMOVE = "delete other people's messages in {}"
    KICK = "remove people from {}"
    BAN = "ban people from {}"
    MUTE = "mute people in {}"
    SLOW = "set the slow mode of {}"
    LOCK = "lock {}"
    LET_WRITE = "let single people write in {}"
    SEE_REPORTS = "see the reports about {}"
    WEBHOOKS = "make and revoke webhooks of {}"
    ENTRANCE = "decide who enters and finds {}"
    READ_ONLY = "make {} read-only"
    PRIVATE = "make {} private"
    TOPIC_RIGHT = "decide who sets the topic of {}"
    REVISIONS = "decide whether former texts can be read in {}"
    RENAME = "rename {}"
    RETENTION = "decide how long messages are kept in {}"
    HOLD = "put {} under a legal hold"
    ARCHIVE = "archive {}"
    DELETE_ROOM = "delete {}"
    MODERATORS = "choose the moderators of {}"
    HAND_OVER = "hand {} over to another owner"
    # In the chatroom as a whole alone.
    LIST_ROOMS = "list the rooms of {}"
    OPEN_ROOM = "open rooms in {}"
    TALK = "talk to one person in {}"
    CLAIM = "claim a name in {}"
    OWN_DEVICES = "see and revoke their own devices in {}"
    SETTINGS = "keep settings, such as whom they ignore, in {}"
    LOCK_DOOR = "lock the door of {}"
    ACCESS = "decide who may enter {}"
    INVITATIONS = "see and revoke all invitations to {}"
    RECOVER = "issue recovery codes for people of {}"
    BOTS = "make bots and tokens for {}"
    OPERATORS = "choose the operators of {}"
    HOLD_TALK = "put what two people say in {} under a legal hold"
    SEE_AUDIT = "see the audit record of {}"
    STATUS = "see how {} runs"
    SESSIONS = "see who is connected to {}, and from where"
    RELOAD = "have {} read its configuration again"
    BACKUP = "have a backup of {} made"
    TELL_ALL = "tell everybody in {} something"


# How an act is undone (unban, unlock, public again …) stands in the row of the act.
_IN_ROOMS: Final = """
act          scope public    read-only locked    private   conversation archived  system
JOIN         read  passing   passing   passing   guest     passing      passing   moderator
LEAVE        read  passing   passing   passing   guest     passing      passing   moderator
READ         read  passing   passing   passing   guest     passing      passing   moderator
SAY          write passing   moderator moderator guest     passing      nobody    nobody
REACT        write passing   passing   moderator guest     passing      nobody    nobody
EDIT         write passing   moderator moderator guest     passing      nobody    nobody
DELETE       write passing   passing   passing   guest     passing      passing   nobody
TOPIC        rooms passing   moderator moderator guest     passing      nobody    nobody
PIN          rooms passing   moderator moderator guest     passing      nobody    nobody
REPORT       write passing   passing   passing   guest     passing      passing   nobody
INVITE       rooms guest     guest     moderator moderator nobody       nobody    nobody
REMOVE       rooms moderator moderator moderator moderator nobody       moderator nobody
KICK         rooms moderator moderator moderator moderator nobody       moderator nobody
BAN          rooms moderator moderator moderator moderator nobody       moderator nobody
MUTE         rooms moderator moderator moderator moderator nobody       nobody    nobody
SLOW         rooms moderator moderator moderator moderator nobody       nobody    nobody
LOCK         rooms moderator moderator moderator moderator nobody       nobody    nobody
LET_WRITE    rooms moderator moderator moderator moderator nobody       nobody    nobody
SEE_REPORTS  rooms moderator moderator moderator moderator nobody       moderator nobody
WEBHOOKS     rooms moderator moderator moderator moderator nobody       nobody    nobody
ENTRANCE     rooms moderator moderator moderator moderator nobody       nobody    nobody
READ_ONLY    rooms owner     owner     owner     owner     nobody       nobody    nobody
PRIVATE      rooms owner     owner     owner     owner     nobody       nobody    nobody
TOPIC_RIGHT  rooms owner     owner     owner     owner     nobody       nobody    nobody
REVISIONS    rooms owner     owner     owner     owner     nobody       nobody    nobody
RENAME       rooms owner     owner     owner     owner     nobody       nobody    nobody
RETENTION    rooms owner     owner     owner     owner     nobody       owner     nobody
HOLD         rooms operator  operator  operator  operator  nobody       operator  nobody
MODERATORS   rooms owner     owner     owner     owner     nobody       nobody    nobody
HAND_OVER    rooms owner     owner     owner     owner     nobody       owner     nobody
ARCHIVE      rooms owner     owner     owner     owner     nobody       owner     nobody
DELETE_ROOM  rooms owner     owner     owner     owner     nobody       owner     nobody
"""

_IN_CHATROOM: Final = """
act          scope chatroom
JOIN         read  passing
READ         read  passing
LIST_ROOMS   read  passing
OPEN_ROOM    rooms passing
TALK         write passing
CLAIM        admin guest
OWN_DEVICES  admin guest
SETTINGS     write guest
INVITE       admin member
KICK         admin operator
BAN          admin operator
MUTE         admin operator
SEE_REPORTS  admin operator
LOCK_DOOR    admin operator
ACCESS       admin operator
INVITATIONS  admin operator
RECOVER      admin operator
BOTS         admin operator
OPERATORS    admin operator
HOLD_TALK    admin operator
SEE_AUDIT    admin operator
STATUS       admin operator
SESSIONS     admin operator
RELOAD       admin operator
BACKUP       admin operator
TELL_ALL     admin operator
"""


class Right(NamedTuple):
    """What an act needs at a place of one kind: a role, None if nobody may; of bots a scope."""

    role: Role | None
    scope: Scope


def _rights(table: str) -> dict[tuple[Act, Kind], Right]:
    (_, _, *kinds), *rows = (line.split() for line in table.strip().splitlines())
    return {
        (Act[act], Kind(kind)): Right(
            None if cell == "nobody" else Role[cell.upper()], Scope(scope)
        )
        for act, scope, *cells in rows
        for kind, cell in zip(kinds, cells, strict=True)
    }


TABLE: Final[Mapping[tuple[Act, Kind], Right]] = _rights(_IN_ROOMS) | _rights(_IN_CHATROOM)
"""The one table. An act that a kind of place does not know has no entry there."""


class Place(NamedTuple):
    """Where somebody acts: a room, or the chatroom if it has no name, and what it is.

    `people` gives the names of those who have at least a role there, those who are present first.
    `raised`: the acts for which its owner asks for more than the table does.
    """

    name: str
    kinds: Collection[Kind]
    people: Callable[[Role], Sequence[str]]
    raised: Mapping[Act, Role] = {}

    @property
    def words(self) -> str:
        """The place, as a sentence says it."""
        return f"'{self.name}'" if self.name else "the chatroom"


def least(act: Act, kinds: Collection[Kind]) -> Role | None:
    """Return the least role that may act in a place of all these kinds; None if nobody may."""
    roles = [TABLE[act, kind].role for kind in kinds]
    return None if None in roles else max(role for role in roles if role is not None)


def may(act: Act, role: Role, place: Place, scopes: Collection[Scope] | None = None) -> bool:
    """Return whether somebody of this role may; `scopes` are those of a bot's token."""
    return _suffices(role, _needed(act, place)) and not _missing_scope(act, place, scopes)


def check(act: Act, role: Role, place: Place, scopes: Collection[Scope] | None = None) -> None:
    """Raise Refused `forbidden`, saying who can change that, if somebody of this role may not."""
    if not may(act, role, place, scopes):
        raise Refused(_refusal(act, role, place, scopes), code="forbidden")


def check_power(role: Role, over: Role, name: str, place: Place) -> None:
    """Raise Refused `forbidden` if the role gives no power over somebody else, who is `over`."""
    if role > over:
        return
    theirs = f"'{name}' is {_ONE[over]}"
    if over >= Role.OPERATOR:
        sentence = (
            f"{theirs}, and nobody has power over operators but they themselves, and whoever has "
            "the server's machine."
        )
    else:
        same = ", as you are" if role is over else ""
        sentence = f"{theirs}{same}; {ask(place, Role(over + 1))} can do it."
    raise Refused(sentence, code="forbidden")


def _needed(act: Act, place: Place) -> Role | None:
    needed = least(act, place.kinds)
    return None if needed is None else max(needed, place.raised.get(act, needed))


def _suffices(role: Role, needed: Role | None) -> bool:
    return needed is not None and role >= needed


def _missing_scope(act: Act, place: Place, scopes: Collection[Scope] | None) -> Scope | None:
    needed = TABLE[act, next(iter(place.kinds))].scope  # an act in a room has the same in each kind
    return None if scopes is None or needed in scopes else needed


# What a refusal says: what is missing, and who can give it.

_STATES: Final = {
    Kind.ARCHIVED: (Act.ARCHIVE, "bring it back"),
    Kind.LOCKED: (Act.LOCK, "unlock it"),
    Kind.READ_ONLY: (Act.LET_WRITE, "let you write"),
}
"""What a room is for a while, whose right it is to change that for somebody, and how."""

_ONE: Final = {
    Role.PASSING: "here in passing",
    Role.GUEST: "a guest",
    Role.MEMBER: "a member",
    Role.MODERATOR: "a moderator",
    Role.OWNER: "the owner",
    Role.OPERATOR: "an operator of the server",
    Role.HOST: "whoever has the server's machine",
}
_ALL: Final = {
    Role.MODERATOR: "moderators",
    Role.OWNER: "the owner",
    Role.OPERATOR: "operators of the server",
    Role.HOST: "those who have the server's machine",
}
_IN_CONVERSATIONS: Final = {
    Act.KICK: "leave it, or ignore them",
    Act.BAN: "ignore them instead",
    Act.MUTE: "ignore them instead",
    Act.REMOVE: "report the message instead",
    Act.SEE_REPORTS: "only operators of the server see those",
}
"""What to do there instead of an act that nobody may do."""


def ask(place: Place, role: Role) -> str:
    """Return the names of those who have at least this role, as in 'ann, ben or cleo'."""
    *others, last = place.people(role)[:NAMES_MAX] or ["whoever runs the server"]
    return f"{', '.join(others)} or {last}" if others else last


def _refusal(act: Act, role: Role, place: Place, scopes: Collection[Scope] | None) -> str:
    if scope := _missing_scope(act, place, scopes):
        who = ask(place, Role.OPERATOR)
        return f"This token lacks the scope '{scope}'; {who} can make one that has it."
    for_good = [kind for kind in place.kinds if kind not in _STATES] or [Kind.PUBLIC]
    needed = _needed(act, place._replace(kinds=for_good))
    if _suffices(role, needed):
        return _refusal_by_state(act, role, place)
    # What the room is for a while is not all that is missing.
    needed = None if needed is None else _needed(act, place) or needed
    if needed is None:
        return _refusal_to_all(act, place)
    deed = act.format(place.words)
    match needed:
        case Role.GUEST:
            return (
                f"People in passing cannot {deed}; join with hubbub or in a browser, and you can."
            )
        case Role.MEMBER:
            return f"Only members can {deed}; claim your name, and you are one."
        case _:
            return f"Only {_ALL[needed]} can {deed}; ask {ask(place, needed)}."


def _refusal_by_state(act: Act, role: Role, place: Place) -> str:
    state = next(
        kind
        for kind in _STATES
        if kind in place.kinds and not _suffices(role, TABLE[act, kind].role)
    )
    undoing, remedy = _STATES[state]
    if state is Kind.READ_ONLY and act not in (Act.SAY, Act.EDIT):
        undoing, remedy = act, act.format("it")
    holder = least(undoing, place.kinds)
    assert holder is not None, "whatever a room is for a while, somebody can change"
    if role >= holder:
        return f"This room is {state}; {remedy} first."
    return f"This room is {state}; {ask(place, holder)} can {remedy}."


def _refusal_to_all(act: Act, place: Place) -> str:
    if Kind.SYSTEM in place.kinds:
        return f"The server keeps {place.words} by itself; nobody can {act.format('it')}."
    instead = _IN_CONVERSATIONS.get(act, "open a room for that")
    return f"Nobody can {act.format('a conversation')}; {instead}."
