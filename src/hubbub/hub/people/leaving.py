"""Sessions end, and with the last of somebody's, their name is kept for a while, or free."""

from collections.abc import Callable
from functools import partial

from hubbub.chat.events.channels import Way, Why
from hubbub.chat.grants import TOKEN
from hubbub.hub.membership import leave_room
from hubbub.hub.people import claims, places, seeing
from hubbub.hub.people.records import note_seen, note_use
from hubbub.hub.present.far import FarSession
from hubbub.hub.present.room import Session
from hubbub.hub.state import State


def in_any_case(*steps: Callable[[], object]) -> None:
    """Take each step, whatever fails in those before; raise what failed behind the last one.

    What somebody leaves behind would stay until the server starts again: nobody else clears it.
    """
    errors: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 (it is raised below)
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else ExceptionGroup("steps failed", errors)


def depart(state: State, session: Session, lost_at: float | None = None, *, by: str = "") -> None:
    """End a session whose connection is gone. What it said will still be committed.

    `by`: whoever decided it is called so.

    If the connection was lost, at `lost_at` seconds, the name is kept for a while: a person whose
    client was given a secret comes back with it. Others would never get in under their own name.
    Somebody who was in no room and said nothing has nothing to come back to.
    """
    if not state.here.has(session):
        return
    has_place = bool(session.members or session.person.drafts or session.earlier_secret)
    in_any_case(
        partial(state.here.remove, session),
        partial(state.sifted.discard, session),
        partial(places.leave, state, session),
        partial(_leave_rooms, state, session, by),
        partial(_note_leaving, state, session),
        partial(_leave_name, state, session, lost_at if has_place else None),
    )


def _leave_rooms(state: State, session: Session, by: str) -> None:
    person = session.person
    way = Way.LEFT if person.key in state.here else Way.GONE
    why, knowing = Why(way, session.parting, by), set[Session]()
    told = knowing if way is Way.GONE else None
    steps: list[Callable[[], object]] = [
        partial(leave_room, state, member, why, told=told) for member in session.members.values()
    ]
    if way is Way.GONE:
        steps.append(partial(state.here.operating.end, person.standing))
        steps.append(partial(state.here.former.left, person, state.at))
    in_any_case(*steps)


def _note_leaving(state: State, session: Session) -> None:
    if session.scopes is not None:
        _note_token(state, session.device)
    if session.person.id and not isinstance(session, FarSession):
        note_seen(state, session.person, session.device)


def _leave_name(state: State, session: Session, lost_at: float | None) -> None:
    """With the last session of somebody, let others have the name, or keep it."""
    person = session.person
    if person.key in state.here:
        return
    steps: list[Callable[[], object]] = [partial(state.looks.free, person)]
    if person.id:
        steps.append(partial(seeing.leave, state, person.id))
        steps.append(partial(places.forget, state, person.id))
    elif not isinstance(session, FarSession):
        steps.append(partial(state.departed.remember, session))
        steps.append(partial(_keep_or_release, state, session, lost_at))
    in_any_case(*steps)


def _keep_or_release(state: State, session: Session, lost_at: float | None) -> None:
    person = session.person
    if lost_at is not None and session.format.gets_answers:
        state.kept.keep(person, session.origin, lost_at)
        state.looks.take(person)
        _free_due(state, lost_at, session.origin)
    else:
        claims.release(state, person)


def _note_token(state: State, hash_: str) -> None:
    token = state.grants.tokens.get(hash_)
    if token is not None:
        note_use(state, TOKEN + hash_, token)


def free_names(state: State, now: float) -> None:
    """Let others have the names that were kept for long enough, at `now` seconds."""
    _free_due(state, now)


def _free_due(state: State, now: float, origin: str | None = None) -> None:
    for key in state.kept.due(now, origin):
        if (person := state.kept.holder(key)) is not None:
            claims.release(state, person)
        free(state, key)


def pass_over_news(state: State, key: str) -> None:
    """Let nobody be at another node whose name is taken here: the log says that they are not."""
    for session in state.here.named(key):
        if isinstance(session, FarSession):
            depart(state, session)


def free(state: State, key: str) -> None:
    """Keep a name no longer."""
    if (person := state.kept.free(key)) is not None:
        state.looks.free(person)
