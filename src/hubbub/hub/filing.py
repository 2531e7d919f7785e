"""What the server, which keeps the bytes of files, asks and tells the hub about them."""

from collections.abc import Callable, Mapping
from hmac import compare_digest

from hubbub.chat.errors import Refused
from hubbub.chat.files import Upload, hosting_token
from hubbub.chat.limits import FileLimits
from hubbub.chat.names import is_direct, name_key
from hubbub.hub.flow.uploads import Uploads
from hubbub.hub.membership import check_may_open, find_or_open_room
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_changing, check_entry, no_such_room
from hubbub.hub.state import State
from hubbub.hub.uploading import Beginning, begin, check_may_read, give_up, is_for_all

HOUR_MILLISECONDS = 3_600_000


class Filing:
    """The hub's side of files; see uploading.py."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def limits(self) -> FileLimits:
        """What the operator allows."""
        return self._state.uploads.limits

    @property
    def uploads(self) -> Uploads:
        """The files on their way."""
        return self._state.uploads

    def begin(self, poster: Session, raw_room: str, *, name: str, size: int, at: int) -> Beginning:
        """Decide on an upload from outside, to a public room; it may raise Refused at once."""
        state = self._state
        if is_direct(raw_room):
            raise no_such_room(raw_room)
        room = find_or_open_room(state, poster, raw_room)
        check_may_open(state, poster, room, at)
        check_entry(state, poster, Act.SAY, room)
        check_changing(state, poster, Act.SAY, room)
        return begin(state, poster, room.name, name=name, size=size, at=at)

    def host(self, session: Session, *, name: str, size: int, at: int) -> Beginning:
        """Decide on an upload that is for no room yet."""
        check_entry(self._state, session, Act.SAY, None)
        return begin(self._state, session, "", name=name, size=size, at=at)

    def restore(self, upload: Upload) -> bool:
        """Take in an upload of an earlier run; return whether anybody could go on with it.

        People in passing are nobody any more after a restart.
        """
        if upload.since or self._state.book.profiles.is_gone(upload.owner[1:]):
            return False
        self.uploads.add(upload)
        return True

    def check_cancelling(self, upload: Upload) -> None:
        """Raise Refused if an upload is in a message, though it may still wait for the log."""
        self.uploads.check_is_in_no_message(upload, self._state.drafts)

    def give_up(self, upload: Upload) -> None:
        """Expect no more of an upload."""
        give_up(self._state, upload)

    def done(self) -> list[Upload]:
        """Return the uploads that are in committed messages, and expect them no longer."""
        return self.uploads.posted(self._state.drafts) if self.uploads else []

    def abandoned(self) -> list[Upload]:
        """Return the uploads that nothing came of for long."""
        since = self._state.at - int(self.limits.unfinished_hours * HOUR_MILLISECONDS)
        return self.uploads.abandoned(since, self._state.drafts) if self.uploads else []

    @property
    def stored_bytes(self) -> int:
        """How many bytes of files all messages hold."""
        return self._state.uploads.stored_bytes

    def count(self, stored: Mapping[str, int]) -> None:
        """Take in how many bytes standing messages hold now, by room."""
        self.uploads.count(stored)

    # Reading.

    def is_for_all(self, room: str) -> bool:
        """Return whether the address of a file in a room is proof enough."""
        known = self._state.rooms.get(room)
        return known is not None and is_for_all(self._state, known)

    def may_read(self, session: Session, room: str, seq: int) -> bool:
        """Return whether a session may read a message, and so its files."""
        is_there = session.is_poster or (session.admitted and self._state.here.has(session))
        if not is_there or (session.is_poster and is_direct(room)):
            return False
        try:
            check_may_read(self._state, session, room, seq)
        except Refused:
            return False
        return True

    def session_of(self, name: str, secret: str) -> Session | None:
        """Return the session of somebody who is here that has this secret, if there is one."""
        return self._named(name, lambda own: own, secret)

    def host_of(self, name: str, token: str) -> Session | None:
        """Return the session of somebody who is here whose files this token brings, if any."""
        return self._named(name, hosting_token, token)

    def _named(self, name: str, proof: Callable[[str], str], given: str) -> Session | None:
        """Return the session of a name whose secret has the `proof` that is given, if any."""
        wanted = given.encode()
        try:
            key = name_key(name)
        except ValueError:
            return None
        for session in self._state.here.named(key):
            if session.secret and compare_digest(proof(session.secret).encode(), wanted):
                return session
        return None
