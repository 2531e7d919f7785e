"""Nodes of an older and a newer hubbub side by side: what is not known is passed over."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from hubbub.hub.present.far import Bring, Place
from hubbub.server.clustering import told
from tests.interop.raw import PATIENCE_SECONDS
from tests.server.clustering.nodes import nodes, wait_to_see
from tests.server.event_peer import JSON, EventPeer

RUN = "of the future"
ZED = {
    "name": "zed",
    "since": 7,
    "aura": {"hue": "blue"},
    "places": [{"room": "lobby", "seat": 4}],
}


class NewerNode:
    """A node of a hubbub that knows more than ours, on a stream."""

    def __init__(self, client: Client, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._count = 0
        self.heard: asyncio.Queue[JSON] = asyncio.Queue()

    async def listen(self) -> None:
        async def hear(message: Msg) -> None:
            self.heard.put_nowait(json.loads(message.data))

        await self._client.subscribe(f"{self._stream}.here", cb=hear)

    async def next(self, is_it: Callable[[JSON], bool]) -> JSON:
        """Return the next that is told by an older node."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                one = await self.heard.get()
                if one["run"] != RUN and is_it(one):
                    return one

    async def tell(self, kind: str, **fields: object) -> None:
        self._count += 1
        what = {
            "type": kind,
            "run": RUN,
            "name": "n9",
            "count": self._count,
            "format": 2,
            "mood": "bright",
            **fields,
        }
        await self._client.publish(f"{self._stream}.here", json.dumps(what).encode())

    async def send(self, run: str, *letters: JSON) -> None:
        await self._client.publish(f"{self._stream}.to.{run}", json.dumps(letters).encode())


def test_what_a_newer_node_tells_is_taken_as_far_as_it_is_known(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene(bob: EventPeer) -> None:
        client = Client()
        await client.connect(nats)
        newer = NewerNode(client, stream)
        await newer.listen()
        run = (await newer.next(lambda one: one["name"] == "n1"))["run"]
        await newer.tell("changed")
        await newer.next(lambda one: one["type"] == "asked" and one["of"] == RUN)
        await newer.tell("all", is_first=True, is_last=True, here=[ZED])
        await asyncio.to_thread(wait_to_see, bob, "bob", "zed")
        # A kind that is not known is counted all the same: nothing is asked for anew.
        await newer.tell("sparkled", here=[ZED])
        await newer.tell("changed", typing=[["zed", "lobby"]])
        assert (await asyncio.to_thread(bob.next, "typing"))["name"] == "zed"
        await newer.send(
            run,
            {"type": "hug", "key": "bob"},
            {"type": "tell", "key": "bob", "event": {"type": "hugged", "by": "zed"}},
            {"type": "tell", "key": "bob", "event": {"type": "notice", "text": "hi", "hue": 1}},
        )
        assert (await asyncio.to_thread(bob.next, "notice"))["text"] == "hi"
        told_meanwhile = []
        while not newer.heard.empty():
            told_meanwhile.append(newer.heard.get_nowait())
        assert [one for one in told_meanwhile if one.get("type") == "asked"] == []
        await newer.tell("parted")
        await asyncio.to_thread(wait_to_see, bob, "bob")
        await client.close()

    with nodes(tmp_path, nats, stream, 1) as (node,), EventPeer(node, "bob") as bob:
        asyncio.run(scene(bob))


def test_what_is_no_message_of_a_node_is_passed_over() -> None:
    assert told.understood(b"hello") is None
    assert told.understood(b'{"type":"changed"}') is None
    assert list(told.letters_of(b"hello")) == []
    bring = Bring("bob", Place("lobby"), 4)
    letters = [b'{"type":"hug"}', msgspec.json.encode(bring), b"[]"]
    assert list(told.letters_of(b"[%b]" % b",".join(letters))) == [bring]


def test_a_known_kind_with_unknown_values_counts_as_a_beat() -> None:
    heard = told.understood(
        b'{"type":"changed","run":"r","name":"n","count":4,"format":3,"left":{"all":true}}'
    )
    assert type(heard) is told.Told
    assert (heard.run, heard.name, heard.count, heard.format) == ("r", "n", 4, 3)
