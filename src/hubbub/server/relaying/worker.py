"""A process beside the server: it accepts at the same port, reads and writes, and decides nothing.

It ends when its server does, however that ends. The link between them tells it, never a signal:
those that end the server reach its workers as well, and members have to hear the last words.
"""

import asyncio
import signal
import socket
import sys
import time

import msgspec

from hubbub import __version__
from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turns
from hubbub.server.gate import Address, Gate
from hubbub.server.interpreter import set_for_serving
from hubbub.server.journal.writing import Form, Level, note_on_stderr
from hubbub.server.loop import new_event_loop
from hubbub.server.relaying.forwarding import Forwards
from hubbub.server.relaying.uplink import Uplink
from hubbub.server.sockets.descriptors import raise_limit
from hubbub.server.sockets.sending import Sending
from hubbub.wire.relay import VERSION, Kind, encode

LOOK_SECONDS = 1.0


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages the server speaks: its hubbub may have been replaced on the disk meanwhile."""

    version: int = VERSION


class Orders(Link, frozen=True, kw_only=True):
    """What a worker is started with."""

    limits: Limits
    addresses: list[Address]
    form: Form
    level: Level


async def work(orders: Orders, link: socket.socket) -> None:
    """Serve until the link ends."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    turns = Turns(Accounts(orders.limits, time.monotonic), time.monotonic, loop)
    uplink = Uplink(Sending(loop), over.set)
    gate = Gate(orders.limits, turns, Forwards(uplink))
    uplink.stop = gate.accept_no_more
    await loop.create_unix_connection(lambda: uplink, sock=link)
    gate.share(orders.addresses)
    uplink.say(encode(Kind.READY, 0, __version__.encode()))
    set_for_serving()
    while not over.is_set():
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await over.wait()
        except TimeoutError:
            await gate.look()
    await gate.close()
    await gate.cut()


def main() -> None:
    """Work as the arguments say: the descriptor of the link, and the orders."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if msgspec.json.decode(sys.argv[2], type=Link).version != VERSION:
        sys.exit(
            "The hubbub on the disk was replaced by one whose workers this server cannot use. "
            "Start the server again."
        )
    orders = msgspec.json.decode(sys.argv[2], type=Orders)
    note_on_stderr(orders.form, orders.level)
    raise_limit(orders.limits.connections_max)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(work(orders, socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
