"""A cursor belongs to a history: what the server says to one that stems from another."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.limits import Limits
from hubbub.chat.queries import Epoch, Head
from hubbub.hub import Hub
from hubbub.wire.codec import decode_event
from hubbub.wire.framed import EVENTS
from hubbub.wire.frames import FrameDecoder

EPOCHS = [Epoch("first", 0), Epoch("second", 50), Epoch("now", 100)]


class Notebook:
    """An outlet that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, payload: bytes) -> None:
        self.written += payload

    def end(self) -> None:
        raise AssertionError("nobody leaves")


def joined(after: int | None, epoch: str | None, *, removed: int = 0) -> tuple[e.Room, int | None]:
    """Return the answer to a join, and after which seq the log is asked for, if it is."""
    notebook = Notebook()
    head = Head("lobby", removed + 1, 120, "", removed=removed)
    hub = Hub(Limits(), [head], EPOCHS, server="test")
    ann, _ = hub.enter("ann", EVENTS, notebook, "secret")
    hub.command(ann, c.Join(room="lobby", after=after, epoch=epoch), 0)
    *_, frame = FrameDecoder(10_000).receive(notebook.written)
    room = decode_event(frame.text)
    assert isinstance(room, e.Room)
    return room, ann.lagging["lobby"].cursor if ann.lagging else None


@pytest.mark.parametrize(
    ("after", "epoch"), [(0, "first"), (50, "first"), (100, "second"), (3, "now"), (119, "now")]
)
def test_a_cursor_of_this_history_goes_on_where_it_stood(after: int, epoch: str) -> None:
    room, cursor = joined(after, epoch)
    assert (room.replaced, room.epoch, cursor) == (False, "now", after)


@pytest.mark.parametrize(
    ("after", "epoch"),
    [
        (51, "first"),  # the copy that was restored held 50 of that run
        (110, "second"),
        (121, "now"),  # the log came back shorter, or grew elsewhere
        (3, "another"),
    ],
)
def test_a_cursor_of_another_history_is_told_so_and_served_nothing(after: int, epoch: str) -> None:
    room, cursor = joined(after, epoch)
    assert (room.replaced, room.epoch, room.last, cursor) == (True, "now", 120, None)


@pytest.mark.parametrize("after", [3, 1000])
def test_clients_that_know_no_epochs_are_served_as_ever(after: int) -> None:
    room, cursor = joined(after, None)
    assert (room.replaced, room.epoch) == (False, "")
    assert cursor == (after if after < 120 else None)


def test_whoever_knows_no_epoch_yet_is_told_the_current_one() -> None:
    assert joined(None, "")[0].epoch == "now"


@pytest.mark.parametrize("after", [1, 99, 100])
def test_who_comes_back_to_a_room_that_was_removed_is_told_so(after: int) -> None:
    room, cursor = joined(after, "second", removed=100)
    assert (room.replaced, room.gap, cursor) == (True, False, None)
    # Without an epoch, `replaced` would not be understood: the room follows, after a gap.
    room, cursor = joined(after, None, removed=100)
    assert (room.replaced, room.gap, cursor) == (False, True, after)


@pytest.mark.parametrize("after", [0, 101])
def test_who_saw_nothing_of_a_removed_room_is_told_nothing(after: int) -> None:
    room, cursor = joined(after, "now", removed=100)
    assert (room.replaced, room.gap, cursor) == (False, False, after)


def test_a_removed_room_is_not_open_and_its_seqs_count() -> None:
    hub = Hub(Limits(), [Head("dev", 0, 0, "", removed=130)], EPOCHS, server="test")
    assert set(hub.rooms) == {"lobby"}
    assert hub.last == 130
