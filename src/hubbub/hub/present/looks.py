"""How the names in use look: nobody gets in under a name that people could take for another's."""

from hubbub.chat.errors import Refused
from hubbub.chat.lookalikes import skeletons
from hubbub.hub.present.person import Person


class Looks:
    """The people whose names are in use, by the skeletons of their names (UTS 39).

    A skeleton is the first one's who takes it. Resuming can bring a second one, as nobody is
    kept from a name of their own by what somebody else took meanwhile.
    """

    def __init__(self) -> None:
        self._holders: dict[str, Person] = {}

    def check(self, person: Person, besides: Person | None = None) -> None:
        """Raise Refused if the person's name looks like one in use; its own is no look-alike.

        Nor is that of `besides`.
        """
        for skeleton in skeletons(person.name):
            holder = self._holders.get(skeleton)
            if holder not in (None, besides) and holder.key != person.key:
                raise Refused(
                    f"The name '{person.name}' looks like '{holder.name}', which is taken. "
                    "Connect again with another name.",
                    code="name_taken",
                )

    def take(self, person: Person) -> None:
        """Begin to keep others from looking like this person."""
        for skeleton in skeletons(person.name):
            self._holders.setdefault(skeleton, person)

    def free(self, person: Person) -> None:
        """Let others look as this person did."""
        for skeleton in skeletons(person.name):
            if self._holders.get(skeleton) is person:
                del self._holders[skeleton]
