"""How the names in use look: nobody gets in under a name that people could take for another's."""

from hubbub.chat.errors import Refused
from hubbub.chat.lookalikes import skeletons
from hubbub.hub.room import Session


class Looks:
    """The sessions whose names are in use, by the skeletons of their names (UTS 39).

    A skeleton is the first session's that takes it. Resuming can bring a second one, as nobody is
    kept from a name of their own by what somebody else took meanwhile.
    """

    def __init__(self) -> None:
        self._holders: dict[str, Session] = {}

    def check(self, session: Session) -> None:
        """Raise Refused if the session's name looks like one in use; its own is no look-alike."""
        for skeleton in skeletons(session.name):
            holder = self._holders.get(skeleton)
            if holder is not None and holder.key != session.key:
                raise Refused(
                    f"The name '{session.name}' looks like '{holder.name}', which is taken. "
                    "Connect again with another name.",
                    code="name_taken",
                )

    def take(self, session: Session) -> None:
        """Begin to keep others from looking like this session."""
        for skeleton in skeletons(session.name):
            self._holders.setdefault(skeleton, session)

    def free(self, session: Session) -> None:
        """Let others look as this session did."""
        for skeleton in skeletons(session.name):
            if self._holders.get(skeleton) is session:
                del self._holders[skeleton]
