"""The commands of event sessions (protocol section 4): one function each, and their table."""

from collections.abc import Callable
from typing import Any, Final, NoReturn

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.events.channels import Listed, Listing, Why
from hubbub.chat.queries import Moment
from hubbub.chat.text import inert_line
from hubbub.hub import history, hooks, posting, reacting, threads, uploading
from hubbub.hub.asking import Decision, Reading
from hubbub.hub.finding import Wanted, find, find_calls
from hubbub.hub.flow.drafts import Draft
from hubbub.hub.flow.private import seen_after
from hubbub.hub.membership import (
    describe,
    enter_room,
    find_or_open_room,
    find_room,
    is_crowd,
    leave_room,
    list_members,
    list_rooms,
    list_rooms_after,
    own_membership,
    tell_about,
)
from hubbub.hub.people import (
    accounts,
    admission,
    away,
    bots,
    certifying,
    devices,
    forgetting,
    identity,
    ignoring,
    inviting,
    linking,
    looking,
    metadata,
    operating,
    places,
    profiles,
    proving,
    recovering,
    renaming,
    resuming,
    running,
    seeing,
    showing,
    watching,
)
from hubbub.hub.people.conversations import list_conversations, open_direct_room
from hubbub.hub.power import (
    deleting,
    entrance,
    exempting,
    holding,
    importing,
    moving,
    operation,
    upkeep,
)
from hubbub.hub.present.room import Member, Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.rules.scopes import check_command
from hubbub.hub.standing import check_changing, check_door, check_entry, check_found
from hubbub.hub.state import State


def decide(
    state: State, session: Session, command: c.AnyCommand | c.InnerCommand, at: int
) -> Decision:
    """Decide on a command. A locked session may only unlock, a held one only say who it is.

    Or it may be somebody's who was invited.
    """
    if not isinstance(command, c.Unlock | c.Identify if session.locked else WHO_ONE_IS):
        admission.check_admitted(state, session)
    check_command(session, type(command))
    made = DECISIONS[type(command)](state, session, command, at)
    return None if isinstance(made, Draft) else made  # a draft is answered when it is settled


# Rooms and members.


def join(state: State, session: Session, command: c.Join, at: int) -> Decision:
    if session.format.reads_by_time:
        return _join_by_time(state, session, command, at)
    _join(state, session, command, at)
    return None


def _join_by_time(state: State, session: Session, command: c.Join, at: int) -> Reading:
    """Enter a room, and be told until when it was read."""
    room = find_or_open_room(state, session, command.room)
    _check_comes_in(state, session, room, command)
    read = state.markers.read(session.person.id, room.name)
    yield from seeing.time_of(state, session, room, read)
    _join(state, session, command, at)


def _join(state: State, session: Session, command: c.Join, at: int) -> None:
    after, epoch = command.after, command.epoch
    state.check_has_read(after or 0, epoch or "")
    room = find_or_open_room(state, session, command.room)
    removed = 0 < (after or 0) <= state.removed.get(room.name, 0)
    if removed and room.name not in state.rooms:
        _refuse_to_return(session, room)
    member = session.member_in(room.name)
    if member is None:
        member = _come_in(state, session, room, command, at)
    session.current = room
    replaced = after is not None and (
        not state.is_history(after, epoch or "") or (removed and epoch is not None)
    )
    gap = after is not None and not replaced and (removed or after < room.dropped)
    told = "" if epoch is None else state.epoch  # a client that knows no epochs is told none
    # What a client saw is there, even if the copy that it is served from lacks it.
    seen = after if state.is_copy and after is not None and not replaced else 0
    describe(state, member, gap=gap, epoch=told, replaced=replaced, seen=seen, ref=command.ref)
    if replaced:
        after = room.last  # the cursor belongs to another history
    elif after is None:  # a lagging member goes on from where it is
        after = member.cursor if room.name in session.lagging else room.last
    after = seen_after(session.person, room, after)
    if after < room.last or room.name in session.lagging:
        room.lag(member, min(after, room.last))


def _come_in(state: State, session: Session, room: Room, command: c.Join, at: int) -> Member:
    """Let the session's person in, if they may enter, or were asked in."""
    _check_comes_in(state, session, room, command)
    is_new = room.name not in state.rooms and room.name not in state.order.rules
    member = enter_room(state, session, room, at)
    room.invited.pop(session.person.standing, None)
    if is_new and isinstance(command, c.Enter) and not session.person.id:
        upkeep.begin(state, member)
    return member


def _check_comes_in(state: State, session: Session, room: Room, command: c.Join) -> None:
    if room.name in session.members or session.person.standing in room.invited:
        return
    check_entry(state, session, Act.JOIN, room)
    check_door(state, session, room, command.key if isinstance(command, c.Enter) else "")


def _refuse_to_return(session: Session, room: Room) -> NoReturn:
    """Refuse to open a new room for somebody who comes back to one that is gone: they must know."""
    gone = f"'{room.called}' was deleted, with all that was said there."
    session.send(e.Removed(room=room.name, reason=gone, gone=True))
    raise Refused(f"{gone} Join it again to open a new one.", code="no_such_room")


def direct(state: State, session: Session, command: c.Direct, at: int) -> None:
    describe(state, open_direct_room(state, session, command.name, at), ref=command.ref)


def leave(state: State, session: Session, command: c.Leave, _at: int) -> None:
    reason = inert_line(command.reason).strip() if isinstance(command, c.Part) else ""
    member = own_membership(state, session, command.room)
    places.left(state, member)
    leave_room(state, member, Why(reason=reason))
    session.confirm(command.ref)


def farewell(_state: State, session: Session, command: c.Farewell, _at: int) -> None:
    session.parting = inert_line(command.reason).strip()
    session.confirm(command.ref)


def resume(state: State, session: Session, command: c.Resume, _at: int) -> Decision:
    decision = resuming.resume(state, session, command.session)
    if decision is None:
        session.confirm(command.ref)
        return None
    return _confirmed(decision, session, command)


def _confirmed(decision: Reading, session: Session, command: c.Command) -> Reading:
    yield from decision
    session.confirm(command.ref)


def unlock(state: State, session: Session, command: c.Unlock, _at: int) -> Decision:
    return admission.unlock(state, session, command.password, command.ref)


def hello(_state: State, _session: Session, _command: c.Hello, _at: int) -> None:
    raise Refused("The session has already begun: hello comes once, and first.")


# Passing things.


def typing(state: State, session: Session, command: c.Typing, _at: int) -> None:
    member = own_membership(state, session, command.room)
    check_changing(state, session, Act.SAY, member.room)
    if not is_crowd(state, member.room):
        state.passing.typing(member)
        if state.here.far is not None:
            state.here.far.typed(member)
    session.confirm(command.ref)


def seen(state: State, session: Session, command: c.Seen, at: int) -> Decision:
    room = own_membership(state, session, command.room).room
    return seeing.seen(state, session, room, command, at)


# Asking.


def search(state: State, session: Session, command: c.Search, at: int) -> Reading:
    room = None if command.room is None else find_room(state, session, command.room)
    wanted = Wanted(command.query, room, command.before, command.limit, command.zone)
    page = yield from find(state, session, wanted, at)
    session.send(replace(page, ref=command.ref))


def mentions(state: State, session: Session, command: c.Mentions, _at: int) -> Reading:
    page = yield from find_calls(state, session, command.before, command.limit)
    session.send(replace(page, ref=command.ref))


def rooms(state: State, session: Session, command: c.Rooms, _at: int) -> None:
    id_, ref = session.person.id, command.ref
    if command.after is None:
        listed = list_rooms(state, id_, ref)
        if unlisted := state.order.unlisted and session.members.keys() & state.order.unlisted:
            own = [session.members[name].room.summary() for name in sorted(unlisted)]
            listed.rooms = [*listed.rooms, *own]
        session.send(_with_times(state, listed) if session.format.knows_inner else listed)
    else:
        session.send(list_rooms_after(state, id_, command.after, ref))


def _with_times(state: State, listed: e.Rooms) -> Listing:
    opened = ((one, state.rooms.get(one.room)) for one in listed.rooms)
    return Listing(
        rooms=[Listed(one, room.opened_at, room.topic_at) for one, room in opened if room],
        ref=listed.ref,
    )


def members(state: State, session: Session, command: c.Members, _at: int) -> None:
    room = find_room(state, session, command.room)
    check_entry(state, session, Act.READ, room)
    session.send(list_members(state, room, command.ref))
    if (member := session.member_in(room.name)) is not None:
        room.list_for(member)


def about(state: State, session: Session, command: c.AskAbout, _at: int) -> None:
    room = find_room(state, session, command.room)
    check_found(state, session, room)
    tell_about(state, session, room, command.ref)


TURNS_BEFORE: Final = 3
"""Others may have spoken before, and be heard after this one; and what they say takes steps."""


def settle(state: State, session: Session, command: c.Settle, _at: int) -> Reading:
    for _ in range(TURNS_BEFORE):
        yield Moment(seconds=0)
    for said in (session.person.newest_draft, state.drafts.accepted):
        while not state.drafts.is_settled(said):
            yield state.drafts.next_batch()
    session.confirm(command.ref)


def conversations(state: State, session: Session, command: c.Conversations, _at: int) -> None:
    session.send(list_conversations(state, session, command.before, command.ref))


def ping(_state: State, session: Session, command: c.Ping, _at: int) -> None:
    session.confirm(command.ref)


WHO_ONE_IS = (*(c.Certify, c.Challenge, c.Identify, c.Link, c.Login, c.Prove, c.Recover, c.Resume),)

DECISIONS: dict[type[c.Command], Callable[[State, Session, Any, int], Decision | Draft]] = {
    c.AskMetadata: metadata.ask_metadata,
    c.Away: away.away,
    c.Back: away.back,
    c.Certificates: certifying.listed,
    c.Certify: certifying.certify,
    c.Challenge: proving.challenge,
    c.ChangePassword: accounts.change_password,
    c.Confirm: linking.confirm,
    c.Conversations: conversations,
    c.Delete: posting.delete,
    c.Devices: devices.listed,
    c.Direct: direct,
    c.Edit: posting.edit,
    c.ForgetMe: forgetting.forget_me,
    c.Hello: hello,
    c.History: history.history,
    c.Identify: identity.identify,
    c.Ignore: ignoring.ignore,
    c.Join: join,
    c.Leave: leave,
    c.Link: linking.link,
    c.LinkCertificate: certifying.link,
    c.Login: accounts.login,
    c.Logout: devices.logout,
    c.Members: members,
    c.Mentions: mentions,
    c.Pin: threads.pin,
    c.Ping: ping,
    c.Pins: threads.pins,
    c.Profile: profiles.profile,
    c.Prove: proving.prove,
    c.React: reacting.react,
    c.GiveOutCode: recovering.give_out,
    c.Recover: recovering.recover,
    c.Invite: inviting.invite,
    c.Invitations: inviting.list_invitations,
    c.Uninvite: inviting.uninvite,
    c.Operate: operating.operate,
    c.MakeToken: bots.make_token,
    c.Tokens: bots.list_tokens,
    c.RevokeToken: bots.revoke_token,
    c.MakeHook: hooks.make_hook,
    c.Hooks: hooks.list_hooks,
    c.RevokeHook: hooks.revoke_hook,
    c.Rename: renaming.rename,
    c.Replies: threads.replies,
    c.Revisions: threads.revisions,
    c.Register: accounts.register,
    c.Resume: resume,
    c.Revoke: devices.revoke,
    c.Rooms: rooms,
    c.Say: posting.say,
    c.Signal: reacting.signal,
    c.Search: search,
    c.Seen: seen,
    c.SetTopic: posting.topic,
    c.SetMetadata: metadata.set_metadata,
    c.Show: showing.show,
    c.ShowCode: linking.show,
    c.Kick: upkeep.kick,
    c.Ban: upkeep.ban,
    c.Unban: upkeep.unban,
    c.Mute: upkeep.mute,
    c.Unmute: upkeep.unmute,
    c.Bans: upkeep.bans,
    c.SetRules: upkeep.set_rules,
    c.Hold: holding.hold,
    c.Add: upkeep.add,
    c.DeleteRoom: deleting.delete_room,
    c.Appoint: upkeep.appoint,
    c.SetAccess: entrance.set_access,
    c.SetDoor: entrance.set_door,
    c.Status: operation.status,
    c.People: operation.people,
    c.Sessions: operation.sessions,
    c.Reload: operation.reload,
    c.Backup: operation.backup,
    c.Import: importing.bring,
    c.Report: posting.report,
    c.Typing: typing,
    c.Unlock: unlock,
    c.Upload: uploading.upload,
    # What has no form in JSON.
    c.Enter: join,
    c.Part: leave,
    c.Farewell: farewell,
    c.BeCalled: renaming.be_called,
    c.SetModes: upkeep.set_rules,
    c.Give: upkeep.give,
    c.Exempt: exempting.exempt,
    c.Exemptions: exempting.exemptions,
    c.Kill: running.kill,
    c.Oper: running.oper,
    c.Wallops: running.wallops,
    c.Watch: watching.watch,
    c.AskAbout: about,
    c.Look: looking.look,
    c.Move: moving.move,
    c.Settle: settle,
    c.WhoWas: looking.who_was,
}
