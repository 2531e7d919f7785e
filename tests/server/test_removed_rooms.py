"""Who comes back to a room that an operator has removed is told so, and talks on in a new one."""

from pathlib import Path

from hubbub.cli.rooms import rooms
from tests.server.conftest import Meet, Serve


def test_a_removed_room_is_replaced_by_a_new_one(serve: Serve, meet: Meet, tmp_path: Path) -> None:
    with serve() as server:
        ann = meet(server, "ann", room=None)
        epoch = ann.ask(type="join", room="lobby", epoch="")["epoch"]
        seqs = [ann.say_and_wait(f"unwanted {number}") for number in range(20)]
        ann.ask(type="join", room="den", epoch="")
        den = ann.ask(type="say", room="den", text="kept")["seq"]
    rooms(tmp_path, ["lobby"])
    with serve() as server:
        ann = meet(server, "ann", room=None)
        lobby = ann.ask(type="join", room="lobby", after=seqs[-1], epoch=epoch)
        assert lobby["replaced"] is True
        assert (lobby["last"], lobby["topic"]) == (0, "")
        kept = ann.ask(type="join", room="den", after=den, epoch=epoch)
        assert "replaced" not in kept
        assert ann.say_and_wait("talking on") > den
        page = ann.ask(type="history", room="lobby")
        assert [message["text"] for message in page["messages"]] == ["talking on"]
        assert ann.ask(type="search", query="unwanted")["messages"] == []
