"""Sessions that only post, or read, from outside: under a free name, or with a bot's token."""

from hubbub.chat.errors import Refused
from hubbub.chat.format import Format
from hubbub.chat.grants import TOKEN, Token
from hubbub.chat.names import HTTP_NAMES, allowed_name, check_is_no_program, same_name
from hubbub.chat.people import hash_of
from hubbub.chat.roles import Role
from hubbub.hub.people.admission import check_looks, is_in_use, name_taken
from hubbub.hub.people.records import note_use
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.rules.access import Arrival
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_access, check_entry
from hubbub.hub.state import State


def poster(
    state: State, raw_name: str, format_: Format, outlet: Outlet, *, token: str, origin: str
) -> Session:
    """Return a session that only posts: it is in no room, is not announced, and takes no name.

    Raises Refused if the name is not allowed, or somebody has it. With a `token` it is the bot's.
    """
    if token:
        return _bot_poster(state, format_, outlet, token=token, origin=origin)
    session = Session(
        Person(allowed_name(raw_name), state.last), format_, outlet, "", origin=origin
    )
    check_entry(state, session, Act.JOIN, None)
    if origin:  # programs on the server's own machine need no name
        check_access(state, Arrival(Role.PASSING))
    check_name(state, session)
    return session


def check_name(state: State, session: Session) -> None:
    """Raise Refused if a session that only posts may not do so under its name: somebody has it."""
    person = session.person
    if not any(same_name(person.name, own) for own in HTTP_NAMES):
        check_is_no_program(person.name)
    if is_in_use(state, person.key):
        raise name_taken(state, session)
    check_looks(state, person)


def _bot_poster(
    state: State, format_: Format, outlet: Outlet, *, token: str, origin: str
) -> Session:
    granted = token_of(state, token)
    person = state.here.person(granted.person)
    if person is None:
        name = state.book.profiles[granted.person].name
        person = Person(name, state.last, id_=granted.person)
    session = Session(person, format_, outlet, "", origin=origin)
    session.scopes = frozenset(granted.scopes)
    check_entry(state, session, Act.JOIN, None)
    note_use(state, TOKEN + hash_of(token), granted)
    return session


def token_of(state: State, token: str) -> Token:
    """Return what a token is for; raise Refused `wrong_token` if it counts for nothing."""
    granted = state.grants.tokens.get(hash_of(token))
    if granted is None or granted.person not in state.book.profiles:
        raise Refused(
            "This token does not count: it is mistyped, or was revoked. An operator of the server "
            "can make another one.",
            code="wrong_token",
        )
    return granted
