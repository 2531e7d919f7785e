"""What the NATS servers keep of the log: nothing of what was taken back, or edited away."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig

from bench.peers.server import Failed
from bench.promises.ledger import Ledger
from bench.promises.nodes.cluster import Cluster
from bench.promises.nodes.keepers import STREAM

ERASED_SECONDS = 30.0
LATER_SECONDS: Final = 60.0
"""So much later another node erases what one should have that was killed."""

POLL_SECONDS: Final = 1.0
FETCHED: Final = 500
ASK_SECONDS: Final = 10.0


async def look_at_stream(cluster: Cluster, ledger: Ledger) -> None:
    """Note what is still in the stream, and should have gone."""
    was_killed = any(node.server.starts > 1 for node in cluster.nodes)
    patience = ERASED_SECONDS + (LATER_SECONDS if was_killed else 0)
    deadline = asyncio.get_running_loop().time() + patience
    gone = dict(_gone(ledger))
    while True:
        is_late = asyncio.get_running_loop().time() > deadline
        try:
            left = {*gone} & await _texts(cluster)
        except (NatsError, OSError, TimeoutError) as error:
            if is_late:
                raise Failed(f"The stream cannot be read: {error!r}") from None
            left = {*gone}
        if not left:
            return
        if is_late:
            for text in sorted(left):
                ledger.find(f"'{text[:40]}' was {gone[text]}, and is still in the stream.")
            return
        await asyncio.sleep(POLL_SECONDS)


def _gone(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield texts that may be nowhere any more, and what became of them."""
    for said in ledger.said.values():
        if said.unanswered or not said.texts:
            continue
        for text in said.texts[:-1]:
            yield text, "edited away"
        if said.is_deleted:
            yield said.texts[-1], "taken back"


async def _texts(cluster: Cluster) -> set[str]:
    """Return all texts of messages and edits in the stream."""
    texts: set[str] = set()
    async with cluster.client() as client:
        config = ConsumerConfig(ack_policy=AckPolicy.NONE)
        stream = client.jetstream(timeout=ASK_SECONDS)
        reader = await stream.pull_subscribe("", stream=STREAM, config=config)
        left = 1  # a stream that is a log has a first message
        while left:
            came = await reader.fetch(FETCHED, timeout=ASK_SECONDS)
            for message in came:
                texts.update(_texts_of(message.data))
            left = came[-1].metadata.num_pending
    return texts


def _texts_of(payload: bytes) -> Iterator[str]:
    try:
        events: Any = json.loads(payload)
    except ValueError:
        return  # marks and the like say nothing
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict) and isinstance(text := event.get("text"), str):
            yield text
