"""What an invitation does for whoever brings it."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from msgspec.structs import replace

from hubbub.chat.errors import Refused
from hubbub.chat.events import Fact
from hubbub.chat.grants import INVITATION, Invitation
from hubbub.chat.people import Profile, hash_of
from hubbub.chat.rules import MEMBERS_MAX
from hubbub.hub.asking import Reading, write
from hubbub.hub.power import members
from hubbub.hub.rules.access import Invited
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import may
from hubbub.hub.state import State


class Brought(NamedTuple):
    """An invitation that counts, under its key."""

    key: str
    invitation: Invitation

    @classmethod
    def of(cls, state: State, secret: str) -> Self:
        """Return what somebody brings; raise Refused `wrong_invitation` if it does not count."""
        return cls._under(state, hash_of(secret))

    @classmethod
    def _under(cls, state: State, hash_: str) -> Self:
        found = state.grants.invitations.get(hash_)
        why = state.grants.past.get(hash_, "") if found is None else found.why_not(state.at)
        if found is None or why:
            raise no_invitation(why)
        return cls(INVITATION + hash_, found)

    @property
    def is_for_member(self) -> bool:
        """Whether whoever brings it becomes a member."""
        return self.invitation.kind == "member"

    @property
    def invited(self) -> Invited:
        """What it says to whoever lets people in."""
        return Invited.AS_MEMBER if self.is_for_member else Invited.AS_GUEST

    def used(self, state: State, by: str) -> list[Fact]:
        """Return the fact that somebody, by id, came in by it, none if it has any number of uses.

        Others may be faster: see `finish_using`.
        """
        left = self.invitation.uses_left
        if left is None:
            return []
        fewer = replace(self.invitation, uses_left=left - 1)
        return [state.grants.fact(self.key, fewer, by, state.at)]

    def opens(self, state: State, id_: str) -> list[str]:
        """Return the private rooms into which it lets somebody, by id, who is not let in yet.

        Whoever made it must still be allowed to let people in.
        """
        by, rules = self.invitation.by, state.order.rules
        return [
            name
            for name in self.invitation.rooms
            if (room := state.rooms.get(name)) is not None
            and state.order.is_private(name)
            and id_ not in rules[name].members
            and len(rules[name].members) < MEMBERS_MAX
            and may(state, by, Act.INVITE, room)
        ]

    def open_rooms(self, state: State, id_: str) -> Reading:
        """Let somebody into the private rooms that it opens."""
        by, at = self.invitation.by, state.at
        for name in self.opens(state, id_):
            yield from members.change(
                state, name, lambda rules: rules.letting_in(id_), by=by, at=at
            )

    def finish_using(self, state: State, by: str, used: Sequence[Fact]) -> Reading:
        """Use it again as long as others were faster; raise Refused once it does not count."""
        while any(state.grants.seq(fact.key) != fact.seq for fact in used):
            now = self._under(state, self.key.removeprefix(INVITATION))
            used = now.used(state, by)
            yield from write(state, used)

    def let_in(self, profile: Profile) -> Profile:
        """Return what somebody who is known is once they came in by it."""
        becomes_member = self.is_for_member and profile.kind == "guest"
        return replace(profile, invited=True, kind="member" if becomes_member else profile.kind)

    def counts_for(self, profile: Profile, *, locked: bool) -> bool:
        """Return whether somebody who is known needs it: they are let in, or become a member."""
        return self.let_in(profile).kind != profile.kind or (locked and not profile.invited)


def invited(brought: Brought | None) -> Invited:
    """Return what somebody brings, if anything, to whoever lets people in."""
    return Invited.NOT if brought is None else brought.invited


def no_invitation(why: str = "") -> Refused:
    """Return the refusal of an invitation that does not count, and why not, if that is known."""
    told = (
        f"This invitation {why}"
        if why
        else ("This invitation does not count: it is mistyped, used up, expired, or was taken back")
    )
    return Refused(f"{told}. Ask whoever gave it to you for another one.", code="wrong_invitation")
