"""Several nodes serve the same people in the same rooms, in one order."""

from contextlib import ExitStack
from pathlib import Path

from tests.interop.raw import RawPeer
from tests.server.clustering.nodes import nodes
from tests.server.event_peer import EventPeer


def test_members_at_all_nodes_hear_the_same_in_one_order(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with nodes(tmp_path, nats, stream, 3) as servers, ExitStack() as stack:
        listeners = [
            stack.enter_context(EventPeer(one, f"listener{number}"))
            for number, one in enumerate(servers)
        ]
        classic = stack.enter_context(RawPeer(servers[2].host, servers[2].port, "tutorial"))
        speakers = [stack.enter_context(EventPeer(servers[one], f"s{one}")) for one in (0, 1)]
        seqs = [one.say_and_wait(f"{turn}") for turn in range(3) for one in speakers]
        heard = [
            [(one["seq"], one["prev"], one["from"], one["text"]) for one in who.messages(6)]
            for who in listeners
        ]
        assert heard[0] == heard[1] == heard[2]
        assert [one[0] for one in heard[0]] == seqs == sorted(seqs)
        assert [classic.pair() for _ in seqs] == [one[2:] for one in heard[0]]
        late = stack.enter_context(EventPeer(servers[2], "late"))
        page = late.ask(type="history", room="lobby", limit=6)
        assert [one["seq"] for one in page["messages"]] == seqs
