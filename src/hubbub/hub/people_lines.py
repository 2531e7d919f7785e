"""`/` commands about oneself and others: the same as the commands of event sessions."""

from datetime import UTC, datetime

from hubbub.chat import commands as c
from hubbub.chat.events import Notice
from hubbub.chat.names import allowed_name
from hubbub.hub import posting
from hubbub.hub.asking import Decision, Reading
from hubbub.hub.line import LineCommand, current_room, needed
from hubbub.hub.people import away, ignoring, profiles
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

ME = "/me TEXT"
IGNORE = "/ignore NAME"
UNIGNORE = "/unignore NAME"
WHOIS = "/whois NAME"

_KINDS = {"passing": "here in passing", "guest": "a guest", "member": "a member", "bot": "a bot"}


def _me(state: State, session: Session, argument: str, at: int) -> None:
    text = needed(argument, ME)
    message = posting.draft_message(session, current_room(state, session), text, at)
    message.me = True
    posting.post(state, session, message)


def _away(state: State, session: Session, argument: str, at: int) -> None:
    away.away(state, session, c.Away(text=argument), at)
    session.send(Notice(text="You are away now. /back says that you are back."))


def _back(state: State, session: Session, _argument: str, at: int) -> None:
    away.back(state, session, c.Back(), at)
    session.send(Notice(text="You are back."))


def _ignore(state: State, session: Session, argument: str, at: int) -> Reading:
    name = allowed_name(needed(argument, IGNORE))
    yield from ignoring.ignore(state, session, c.Ignore(name=name), at)
    session.send(Notice(text=f"You ignore {name} now. /unignore {name} ends that."))


def _unignore(state: State, session: Session, argument: str, at: int) -> Reading:
    name = allowed_name(needed(argument, UNIGNORE))
    yield from ignoring.ignore(state, session, c.Ignore(name=name, on=False), at)
    session.send(Notice(text=f"You ignore {name} no longer."))


def _whois(state: State, session: Session, argument: str, _at: int) -> Decision:
    one = profiles.profile_of(state, needed(argument, WHOIS))
    said = [f"{one.name} is {_KINDS[one.kind]}"]
    if one.role:
        said.append("an operator of the server")
    if one.since:
        said.append(f"known since {_time(one.since)}")
    if one.formerly:
        said.append(f"called {one.formerly} before")
    sentence = ", ".join(said) + "."
    if not one.here:
        sentence += f" Last here {_time(one.seen)}."
    elif one.away:
        sentence += f" {said_of_away(one.name, one.text)}"
    session.send(Notice(text=sentence))
    return None


def said_of_away(name: str, text: str) -> str:
    """Return the sentence that somebody is away from the keyboard."""
    return f"{name} is away: {text}" if text else f"{name} is away."


def _time(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC"


PEOPLE_LINES = {
    "me": LineCommand(ME, "say what you do, as in /me waves", _me),
    "away": LineCommand("/away [TEXT]", "say that you are away, and why", _away),
    "back": LineCommand("/back", "say that you are back", _back),
    "whois": LineCommand(WHOIS, "who somebody is", _whois),
    "ignore": LineCommand(IGNORE, "read nothing of somebody any more", _ignore),
    "unignore": LineCommand(UNIGNORE, "read them again", _unignore),
}
