"""What the user can do at a desk, as one table: faces make keys, commands, menus and help of it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hubbub.chat.errors import Refused
from hubbub.chat.roles import Kind, Role
from hubbub.desk import about_access as access
from hubbub.desk import about_account as account
from hubbub.desk import about_days as days
from hubbub.desk import about_files as files
from hubbub.desk import about_finding as finding
from hubbub.desk import about_following as following
from hubbub.desk import about_members as members
from hubbub.desk import about_messages as messages
from hubbub.desk import about_order as order
from hubbub.desk import about_people as people
from hubbub.desk import about_rooms as rooms
from hubbub.desk import about_rules as rules
from hubbub.desk import about_secrets as secrets
from hubbub.desk import about_threads as threads
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.hosting import Offer

FaceT_contra = TypeVar("FaceT_contra", bound=Face, contravariant=True)

Run = Callable[[Desk, FaceT_contra, str], Awaitable[object] | None]


@dataclass(frozen=True)
class Verb(Generic[FaceT_contra]):
    """`run` does it, with an argument that may be empty; raises Refused if it cannot be done.

    What it does is fixed when it is called, by the room, the message and the draft of that moment;
    what it returns may wait, for the server or the user. So no `run` is a coroutine function.

    `name`: what a face calls it in its own tables. `word`: what follows the slash when it is
    typed; `usage`: what follows that.
    """

    name: str
    purpose: str
    run: Run[FaceT_contra]
    word: str = ""
    usage: str = ""
    events_only: bool = True
    """Whether it means nothing on a server that only relays messages."""
    needs: Role = Role.PASSING
    """The least role that may do it; the server has the last word."""
    elsewhere: Mapping[Kind, Role | None] = field(default_factory=dict)
    """The same in rooms of kinds where it is another one; None: nobody may."""
    of_room: bool = True
    """Whether what the user is in the room on the screen counts, and not only elsewhere."""
    when: Callable[[Desk], bool] = lambda _: True
    """Whether it can be done just now, where that is seldom so."""

    def is_offered(self, desk: Desk) -> bool:
        """Return whether the user can do it, as far as is known here."""
        if (self.events_only and desk.is_classic) or not self.when(desk):
            return False
        room = desk.rooms.current.name
        needed = self.least(desk.standing.kinds(room))
        return needed is not None and desk.standing.role(room if self.of_room else "") >= needed

    def least(self, kinds: Iterable[Kind]) -> Role | None:
        """Return the least role that may do it in a room of all these kinds; None if nobody may."""
        roles = [self.elsewhere.get(kind, self.needs) for kind in kinds]
        return None if None in roles else max(role for role in roles if role is not None)

    def check(self, desk: Desk) -> None:
        """Raise Refused if it means nothing here. What needs power, the server refuses with why."""
        if self.events_only and desk.is_classic:
            raise Refused(f"This server cannot do that: {self.purpose}.")
        if desk.rooms.current.is_direct and self.least([Kind.CONVERSATION]) is None:
            raise Refused(f"In a conversation nobody can do that: {self.purpose}.")

    @property
    def slash(self) -> str:
        """How it is typed; empty where it cannot be."""
        return f"/{self.word} {self.usage}".strip() if self.word else ""

    @property
    def takes_text(self) -> bool:
        """Whether its argument holds what somebody wrote for others."""
        return "TEXT" in self.usage

    @property
    def needs_argument(self) -> bool:
        """Whether it cannot be done without one."""
        return bool(self.usage) and not self.usage.startswith("[")


_NOT_IN_TWO = {Kind.CONVERSATION: None, Kind.SYSTEM: None}
_NOT_ARCHIVED = {**_NOT_IN_TWO, Kind.ARCHIVED: None}
_BY_WRITERS = {
    Kind.READ_ONLY: Role.MODERATOR,
    Kind.LOCKED: Role.MODERATOR,
    Kind.ARCHIVED: None,
    Kind.SYSTEM: None,
}
_NOT_KEPT = {Kind.SYSTEM: None}
_REACTING = {Kind.LOCKED: Role.MODERATOR, Kind.ARCHIVED: None, Kind.SYSTEM: None}
_INVITING = {**_NOT_ARCHIVED, Kind.LOCKED: Role.MODERATOR, Kind.PRIVATE: Role.MODERATOR}
_ONLY_PRIVATE = {**_NOT_IN_TWO, Kind.PUBLIC: None}
_KNOWN = Role.GUEST


def _power(
    word: str, purpose: str, run: Run[Face], usage: str = "", *, needs: Role = Role.MODERATOR
) -> Verb[Face]:
    """Return a verb that takes power in the room on the screen, and changes how it is."""
    return Verb(word, purpose, run, word, usage, needs=needs, elsewhere=_NOT_ARCHIVED)


def _keeping_out(word: str, purpose: str, run: Run[Face], usage: str = "") -> Verb[Face]:
    """Return a verb that takes power over who comes into the room on the screen."""
    return Verb(word, purpose, run, word, usage, needs=Role.MODERATOR, elsewhere=_NOT_IN_TWO)


def _own(
    word: str, purpose: str, run: Run[Face], usage: str = "", needs: Role = Role.PASSING
) -> Verb[Face]:
    """Return a verb about the user, or the whole chatroom, wherever they are."""
    return Verb(word, purpose, run, word, usage, needs=needs, of_room=False)


def _on(
    word: str,
    purpose: str,
    run: Run[Face],
    usage: str = "",
    elsewhere: Mapping[Kind, Role | None] = _NOT_KEPT,
) -> Verb[Face]:
    """Return a verb about a message."""
    return Verb(word, purpose, run, word, usage, elsewhere=elsewhere)


_PEOPLE: tuple[Verb[Face], ...] = (
    Verb("who", "who is in this room", people.who, "who"),
    _own("whois", "who somebody is", people.whois, "NAME"),
    Verb("me", "say what you do", people.me, "me", "TEXT", False, elsewhere=_BY_WRITERS),
    _own("away", "say that you are away", people.away, "[TEXT]"),
    _own("back", "say that you are back", people.back),
    _own("ignore", "hide what somebody says", people.ignore, "[NAME]", needs=_KNOWN),
    _own("unignore", "show it again", people.unignore, "NAME", needs=_KNOWN),
)

_ACCOUNT: tuple[Verb[Face], ...] = (
    _own("register", "make your name yours for good", account.register, needs=_KNOWN),
    _own("login", "be the member that you are", account.login, "[NAME]"),
    _own("recover", "choose a password with a code", account.recover, "NAME"),
    _own("password", "choose another password", account.password, needs=Role.MEMBER),
    _own("link", "link another of your devices", account.link, "[CODE]"),
    _own("devices", "see and log out your devices", account.devices, needs=_KNOWN),
    _own("logout", "log this device out", account.logout, needs=_KNOWN),
    _own("forget", "delete your account", account.forget, needs=_KNOWN),
)

_ORDER: tuple[Verb[Face], ...] = (
    _keeping_out("kick", "put somebody out for a minute", order.kick, "NAME [REASON]"),
    _keeping_out("ban", "keep somebody out of this room", order.ban, "NAME [TIME] [REASON]"),
    _keeping_out("unban", "let somebody back in", order.unban, "NAME"),
    _power("mute", "let somebody write nothing", order.mute, "NAME [TIME] [REASON]"),
    _power("unmute", "let somebody write again", order.unmute, "NAME"),
    _keeping_out("bans", "who is banned and muted here", order.bans),
    _keeping_out("reports", "read the reports about this room", order.reports),
    _power("lock", "let only moderators write", rules.lock),
    _power("unlock", "let everybody write again", rules.unlock),
    _power("slow", "have people wait between messages", rules.slow, "TIME|off"),
    Verb(
        "rules",
        "what holds in this room",
        rules.rules,
        "rules",
        "[RULE on|off]",
        elsewhere=_NOT_IN_TWO,
    ),
    _power(
        "private", "let only members see this room", rules.private, "[on|off]", needs=Role.OWNER
    ),
    _power("title", "rename this room", rules.title, "NEW", needs=Role.OWNER),
    Verb(
        "delete-room",
        "delete this room for good",
        rules.delete_room,
        "delete-room",
        needs=Role.OWNER,
        elsewhere=_NOT_IN_TWO,
    ),
    Verb(
        "invite",
        "let somebody, or by a link newcomers, in",
        members.invite,
        "invite",
        "[NAME or TIME]",
        needs=_KNOWN,
        elsewhere=_INVITING,
    ),
    Verb(
        "members",
        "who is let into this room",
        members.members,
        "members",
        needs=_KNOWN,
        elsewhere=_ONLY_PRIVATE,
    ),
    _power("appoint", "give somebody a role", order.appoint, "NAME ROLE", needs=Role.OWNER),
    _power("webhook", "let a service post here", secrets.webhook, "NAME"),
    _power("webhooks", "see and revoke webhooks of this room", secrets.webhooks),
    Verb(
        "invitation",
        "make a link that lets newcomers in",
        secrets.invite,
        needs=Role.MEMBER,
        of_room=False,
    ),
    _own("invitations", "see and take back invitations", secrets.invitations, needs=Role.MEMBER),
    _own("recovery", "help who forgot a password", secrets.recovery, "NAME", needs=Role.OPERATOR),
    _own("audit", "read who used which power", order.audit, needs=Role.OPERATOR),
    _own(
        "hold",
        "let nothing go of what two people say to each other, or end that",
        order.hold,
        "NAME OTHER [off]",
        needs=Role.OPERATOR,
    ),
    _own("door", "let nobody new in", access.door, "locked|open", needs=Role.OPERATOR),
    _own("access", "say who is let in", access.access, needs=Role.OPERATOR),
)

VERBS: tuple[Verb[Face], ...] = (
    Verb("switch", "go to a room of yours", rooms.switch, "switch"),
    Verb("above", "go to the room above", rooms.above),
    Verb("below", "go to the room below", rooms.below),
    Verb("numbered", "go to a room by its number", rooms.numbered),
    Verb("unread", "go to the next unread room", rooms.next_unread, "unread"),
    Verb("rooms", "choose among all rooms of the server", rooms.choose, "rooms"),
    Verb("join", "enter a room; it opens if there is none", rooms.join, "join", "ROOM"),
    Verb("top", "keep this room on top of the list, or no longer", rooms.keep_on_top, "top"),
    Verb("sort", "put the rooms in another order", rooms.sort, "sort", "[joined|name|activity]"),
    Verb("leave", "leave this room, or another", rooms.leave, "leave", "[ROOM]"),
    Verb("msg", "talk to one person alone", rooms.message, "msg", "NAME [TEXT]"),
    Verb("topic", "show or set the topic", rooms.topic, "topic", "[TEXT]"),
    Verb("search", "find messages", finding.search, "search", "[WORDS]"),
    Verb("mentions", "find what mentions you, in all rooms", finding.mentions, "mentions"),
    Verb("older hit", "the next message that was found", finding.older_hit),
    Verb("newer hit", "the one before it", finding.newer_hit),
    Verb("address", "copy the address of a message or room", finding.address, "address"),
    Verb(
        "go", "go to an address, or where the chosen message leads", following.go, "go", "[ADDRESS]"
    ),
    Verb("go back", "back to where you were", finding.go_back),
    Verb("go forward", "forward again", finding.go_forward),
    Verb("goto", "go to a day, such as 2026-11-24", days.goto, "goto", "DAY"),
    Verb("oldest", "go to the beginning of the room", days.beginning, events_only=False),
    _on("reply", "answer the chosen or newest message", messages.reply, "[TEXT]", _BY_WRITERS),
    _on("edit", "edit the chosen or your last message", messages.edit, "[TEXT]", _BY_WRITERS),
    _on("delete", "delete the chosen or your last message", messages.delete),
    _on("react", "give or take back an emoji", messages.react, "[EMOJI]", _REACTING),
    _on("replies", "read the answers to a message", threads.replies),
    _on("quote", "quote a message in what you write", threads.quote, elsewhere=_BY_WRITERS),
    _on("pin", "pin a message, or unpin it", threads.pin, elsewhere=_BY_WRITERS),
    Verb("pins", "see what is pinned here", threads.pins, "pins"),
    _on("revisions", "read a message from before its edits", threads.revisions),
    _on("report", "report the chosen or newest message", messages.report, "[REASON]"),
    Verb("stopped", "go to the first unread message", messages.stopped, "stopped"),
    Verb("read", "mark all of this room as read", messages.mark_read, "read"),
    _on("mark-unread", "mark unread from the chosen message on", messages.mark_unread),
    Verb("send", "send a file", files.send, "send", files.USAGE, elsewhere=_BY_WRITERS),
    _on("view", "look at the pictures of a message", files.view),
    _on("download", "save the files of the chosen or newest message", files.save, "[FOLDER]"),
    Verb("copy", "copy the chosen or newest message", messages.copy, "copy", events_only=False),
    Verb(
        "retry", "try again to send what was not sent", messages.retry, "retry", events_only=False
    ),
    Verb("drop", "give up what was not sent", messages.drop, "drop", events_only=False),
    Verb(
        "host",
        "host this chatroom on, as its host has quit",
        rooms.host,
        "host",
        when=lambda desk: desk.hosting.offer is Offer.OPEN,
    ),
    *_PEOPLE,
    *_ACCOUNT,
    *_ORDER,
)
