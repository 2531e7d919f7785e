"""Passing an open connection from one protocol to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from hubbub.server.sockets.receiving import AnyProtocol


def hand_over(
    transport: asyncio.Transport,
    successor: AnyProtocol,
    received: bytes = b"",
    *,
    ended: bool = False,
    congested: bool = False,
) -> None:
    """Give the connection to `successor` as if it had been there from the first byte.

    `received`: what the peer sent that nobody has acted on. `ended`: the peer has closed its
    sending half. `congested`: the transport has asked for a pause in writing, and not yet for more.

    A transport tells each of these to the protocol of that moment. A successor that is not told of
    the pause goes on writing into a full buffer; one that is not told of the end may wait for ever
    for more. It may be told again: the end is read once more whenever reading is resumed. uvloop
    and asyncio are alike in this; TLS transports tell of the end once.
    """
    transport.set_protocol(successor)
    # Before the bytes, for `successor` may pause again because of them. The loop reads no sooner
    # than in its next turn, so nothing overtakes what was received.
    transport.resume_reading()
    successor.connection_made(transport)
    if congested:
        successor.pause_writing()
    if received:
        successor.data_received(received)
    # The transport keeps its own sending half open only while the protocol says so.
    if ended and not transport.is_closing() and not successor.eof_received():
        transport.close()
