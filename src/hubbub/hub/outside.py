"""What people and programs do in the chatroom from outside, without being in it.

They have a session that only reads and posts (`poster`): by the API, a webhook, or the control
socket of the server's machine.
"""

from collections.abc import Generator, Sequence

from hubbub.chat.events import Page
from hubbub.chat.files import Upload
from hubbub.chat.format import Format
from hubbub.chat.grants import Hook
from hubbub.chat.queries import Answer, Question
from hubbub.chat.roles import Scope
from hubbub.hub import hooks, posting
from hubbub.hub.finding import Wanted, find, find_calls
from hubbub.hub.people import posters
from hubbub.hub.present.host import host_session
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.rules.scopes import check_scope
from hubbub.hub.standing import check_entry
from hubbub.hub.state import State


class Outside:
    """The hub's side of those who read and post from outside."""

    def __init__(self, state: State) -> None:
        self._state = state

    def poster(
        self, raw_name: str, format_: Format, outlet: Outlet, *, token: str = "", origin: str = ""
    ) -> Session:
        """Return a session that only reads and posts from outside.

        Raises Refused if somebody has the name, or would not be let in with it. With a bot's
        `token`, it is the bot's, whatever name is given.
        """
        return posters.poster(self._state, raw_name, format_, outlet, token=token, origin=origin)

    def host(self, account: str, format_: Format, outlet: Outlet) -> Session:
        """Return a session of whoever has the server's machine, there under this `account`."""
        return host_session(account, format_, outlet)

    def check_readable(self, visitor: Session, room: str) -> None:
        """Raise Refused if a `poster` may not read a room that is no conversation."""
        check_entry(self._state, visitor, Act.READ, self._state.rooms[room])

    def find(self, visitor: Session, wanted: Wanted, at: int) -> Generator[Question, Answer, Page]:
        """Return what a `poster` may see of what it searches for; ask what that asks."""
        return find(self._state, visitor, wanted, at)

    def find_calls(
        self, visitor: Session, before: int | None, limit: int
    ) -> Generator[Question, Answer, Page]:
        """Return what mentions a `poster`, or answers them; ask what that asks."""
        return find_calls(self._state, visitor, before, limit)

    def check_token(self, token: str, scope: Scope | None) -> None:
        """Raise Refused `wrong_token` if a bot's token does not count, `forbidden` if not for this.

        `scope` is what is about to be done with it; None if that is looked at later.
        """
        granted = posters.token_of(self._state, token)
        if scope is not None:
            check_scope(frozenset(granted.scopes), scope)

    def post(
        self,
        poster: Session,
        room: str,
        text: str,
        at: int,
        *,
        ref: str,
        nonce: str | None = None,
        uploads: Sequence[Upload] = (),
    ) -> None:
        """Post to a public room without entering it; it opens if there is none of that name.

        The message has the files of finished `uploads`.
        """
        posting.post_from_outside(
            self._state, poster, room, text, at, ref=ref, nonce=nonce, uploads=uploads
        )

    def post_privately(
        self, poster: Session, name: str, text: str, at: int, *, ref: str, nonce: str | None = None
    ) -> str:
        """Post to the private room of a bot's `poster` and the person called `name`.

        Returns the room's name. Raises Refused `not_here` if nobody is called so.
        """
        return posting.post_privately(self._state, poster, name, text, at, ref=ref, nonce=nonce)

    def hook(self, secret: str) -> Hook:
        """Return the webhook with this secret; raise Refused `no_such_hook` if there is none."""
        return hooks.hook_of(self._state, secret)

    def hook_poster(
        self, secret: str, name: str, format_: Format, outlet: Outlet, *, origin: str = ""
    ) -> Session:
        """Return a session that posts for a webhook, under its name or one that is as good.

        Raises Refused if somebody has the name, or whoever made the webhook is kept out.
        """
        return hooks.hook_poster(self._state, secret, name, format_, outlet, origin=origin)

    def post_by_hook(
        self,
        poster: Session,
        secret: str,
        text: str,
        at: int,
        *,
        ref: str,
        nonce: str | None = None,
    ) -> None:
        """Post to a webhook's room."""
        hooks.post_by_hook(self._state, poster, secret, text, at, ref=ref, nonce=nonce)
