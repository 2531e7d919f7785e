"""Which rooms the user is in, what these are called, and what of it outlasts the program."""

from hubbub.chat.events import Room, RoomRules
from hubbub.chat.names import is_direct
from hubbub.client import Chat
from hubbub.desk.posting import now_milliseconds
from hubbub.desk.profile import Remembered
from hubbub.desk.room import Draft, RoomState
from hubbub.desk.rooms import Order, Rooms
from hubbub.desk.told import REPLACED


class Membership:
    """`rooms` has the room called `first` at first. What outlasts the program is in `memory`."""

    def __init__(self, chat: Chat, memory: Remembered, first: str, order: Order) -> None:
        self._chat = chat
        self._memory = memory
        self.rooms = Rooms(self.new_room(first))
        self.rooms.top, self.rooms.order = list(memory.top), order

    def new_room(self, name: str) -> RoomState:
        """Return a room with the draft that was kept for it; it is not in the list yet."""
        room = RoomState(name, self._memory.seen.get(name), self._memory.lines.get(name))
        room.draft = Draft(self._memory.drafts.get(name, ""))
        room.log.hides = lambda message: self._chat.ignores(message.sender, message.person)
        return room

    def entered(self, event: Room) -> RoomState | None:
        """Take in that the user is in a room; return it, unless they have left it already."""
        if event.room not in self._chat.replicas:
            return None
        room = self.rooms.get(event.room)
        if room is None:
            room = self._adopt(event.room, brought=event.brought)
        elif event.replaced:
            room.begin_anew(event.last)
            room.log.note(REPLACED, now_milliseconds())
        elif event.last > room.log.newest:
            room.interrupt()
        # What was read on another device counts; all of a room that nobody asked for is new.
        room.enter(event.seen or (0 if event.brought else event.last))
        self._entitle(room, event)
        return room

    def reached(self, event: Room) -> RoomState:
        """Return the room that the user asked for; the event itself may still wait in line."""
        room = self.rooms.get(event.room) or self._adopt(event.room)
        self._entitle(room, event)
        return room

    def _adopt(self, name: str, *, brought: bool = False) -> RoomState:
        """Take in a room that the server put the user in; `brought`: nobody asked for it."""
        current = self.rooms.current
        is_first = not current.is_direct and current.name not in self._chat.replicas
        if is_first and not (brought or is_direct(name)):
            self.rooms.rename(current.name, name)  # the server writes it differently
            return current
        room = self.new_room(name)
        self.rooms.add(room)
        return room

    def _entitle(self, room: RoomState, event: Room | RoomRules) -> None:
        if not room.is_direct:
            room.called = event.title or event.room
            if isinstance(event, RoomRules):
                room.refusal = ""  # it may be over
                room.is_private = event.private
        elif isinstance(event, Room):
            room.entitle(event.direct, self._chat.name)

    def ruled(self, event: RoomRules) -> None:
        """Take in what a room is called, with all that holds there."""
        if (room := self.rooms.get(event.room)) is not None:
            self._entitle(room, event)

    def renamed(self) -> None:
        """Take in that somebody, the user included, has another name."""
        for room in self.rooms:
            if room.is_direct and (replica := self._chat.replicas.get(room.name)) is not None:
                room.entitle(replica.direct, self._chat.name)

    def forget(self, room: RoomState) -> None:
        """Be in a room no longer; what was typed there stays, in case the user comes back."""
        self.rooms.remove(room.name)
        self._memory.forget_room(room.name)
        self._memory.keep_drafts({room.name: room.draft.text})

    def show(self, room: RoomState) -> None:
        """Have another room on the screen."""
        self.rooms.current.leave()
        self._remember_current()
        self.rooms.current = room

    def remember(self, *, is_classic: bool) -> None:
        """Keep what the next start should know; private rooms the server keeps."""
        self._memory.keep_drafts({room.name: room.draft.text for room in self.rooms})
        self._memory.top = list(self.rooms.top)
        if not is_classic:
            public = [room for room in self.rooms if not room.is_direct]
            self._memory.keep_rooms({room.name: room.seen for room in public})
            self._memory.lines = {
                room.name: line for room in public if (line := room.unread_after) is not None
            }
        self._remember_current()

    def _remember_current(self) -> None:
        if not self.rooms.current.is_direct:
            self._memory.room = self.rooms.current.name
