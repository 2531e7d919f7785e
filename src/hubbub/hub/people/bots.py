"""Bots: people who are programs, each with tokens that operators make and revoke."""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.codes import new_token
from hubbub.chat.errors import Refused
from hubbub.chat.grants import TOKEN, Token
from hubbub.chat.listed import TokenSummary
from hubbub.chat.names import allowed_name, check_is_no_program
from hubbub.chat.people import NAME, PERSON, Held, Profile, hash_of, new_id
from hubbub.chat.queries import NewSecret
from hubbub.chat.roles import Scope
from hubbub.chat.text import inert_line
from hubbub.hub.asking import Reading, write
from hubbub.hub.people import reserved
from hubbub.hub.people.admission import is_in_use, name_taken
from hubbub.hub.people.records import fact, forgotten
from hubbub.hub.power.audit import record
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.rules.scopes import check_scope
from hubbub.hub.standing import check, name_of
from hubbub.hub.state import State

TOKENS_MAX: Final = 1000


def make_token(state: State, session: Session, command: c.MakeToken, at: int) -> Reading:
    """Make a token for a bot, which is a new one if there is none of that name."""
    check(state, session, Act.BOTS, None)
    if not command.scopes:
        raise Refused(f"Say what the token is for: some of {', '.join(Scope)}.")
    for scope in command.scopes:  # a bot that runs the server hands on what it has, and no more
        check_scope(session.scopes, scope)
    if len(state.grants.tokens) >= TOKENS_MAX:
        raise Refused(
            f"There are {TOKENS_MAX} tokens, and more are not allowed. Revoke one first.",
            code="forbidden",
        )
    bot = Person(allowed_name(command.name))
    found = state.book.owner(bot.key)
    if found is None:
        _check_free(state, bot)
    elif found[1].kind != "bot":
        raise Refused(
            f"The name '{bot.name}' belongs to a {found[1].kind}. Choose another one for the bot.",
            code="name_taken",
        )
    secret = yield NewSecret()
    assert isinstance(secret, str)
    token, by = new_token(secret), session.person.id
    id_ = new_id(token) if found is None else found[0]
    granted = Token(
        person=id_,
        scopes=tuple(sorted(set(command.scopes))),
        since=at,
        by=by,
        label=inert_line(command.label).strip(),
    )
    facts = [state.grants.fact(TOKEN + hash_of(token), granted, by, at)]
    if found is None:
        profile = Profile(bot.name, "bot", since=at, seen=at)
        facts.append(fact(state, NAME + bot.key, Held(id_), by))
        facts.append(fact(state, PERSON + id_, profile, by))
    yield from write(state, facts)
    if state.book.names.get(bot.key) != id_:  # somebody else came to have it meanwhile
        yield from write(state, [state.grants.fact(TOKEN + hash_of(token), None, by, at)])
        raise name_taken(state, session)
    record(state, session, f"made a token for the bot '{bot.name}': {', '.join(granted.scopes)}")
    session.send(e.Token(token=token, about=_told(state, hash_of(token), granted), ref=command.ref))


def _check_free(state: State, bot: Person) -> None:
    check_is_no_program(bot.name)
    if is_in_use(state, bot.key):
        raise Refused(
            f"Somebody is here under the name '{bot.name}'. Choose another one for the bot.",
            code="name_taken",
        )
    state.looks.check(bot)
    reserved.check_looks(state, bot)


def list_tokens(state: State, session: Session, command: c.Tokens, _at: int) -> None:
    """Tell an operator which tokens there are, without their secrets."""
    check(state, session, Act.BOTS, None)
    tokens = [_told(state, hash_, token) for hash_, token in state.grants.tokens.items()]
    session.send(e.Tokens(tokens=tokens, ref=command.ref))


def _told(state: State, hash_: str, token: Token) -> TokenSummary:
    bot = state.here.person(token.person)
    sessions = () if bot is None else state.here.named(bot.key)
    is_here = any(session.device == hash_ for session in sessions)
    return TokenSummary(
        id=_id_of(hash_),
        name=name_of(state, token.person),
        scopes=list(token.scopes),
        since=token.since,
        by=name_of(state, token.by),
        label=token.label,
        seen=state.at if is_here else state.grants.seen(TOKEN + hash_, token),
    )


def _id_of(hash_: str) -> str:
    return new_id(f"token {hash_}")


def revoke_token(state: State, session: Session, command: c.RevokeToken, at: int) -> Reading:
    """Let a token count no longer; a bot without one is known no longer."""
    check(state, session, Act.BOTS, None)
    tokens, by = state.grants.tokens, session.person.id
    hash_ = next((one for one in tokens if _id_of(one) == command.token), None)
    if hash_ is None:
        raise Refused("There is no such token; perhaps it was revoked already.")
    id_ = tokens[hash_].person
    facts = [state.grants.fact(TOKEN + hash_, None, by, at)]
    profile = state.book.profiles.get(id_)
    if profile is not None and not any(
        token.person == id_ for one, token in tokens.items() if one != hash_
    ):
        facts += forgotten(state, id_, profile)
    yield from write(state, facts)
    name = "" if profile is None else profile.name
    record(state, session, f"revoked a token of the bot '{name}'")
    session.confirm(command.ref)
