"""The client library: `connect`, retry, resume by cursor, and the replica that every face draws.

Speaks the wire alone, so it fits any server of the protocol, and a tutorial's as well.
"""

from hubbub.client.address import Address, BadAddress, parse_address
from hubbub.client.chat import Chat, connect
from hubbub.client.events import (
    AnyClientEvent,
    ClassicMessage,
    Delayed,
    NewCertificate,
    Offline,
    Online,
    Received,
    Settled,
)
from hubbub.client.nodes import one_chatroom
from hubbub.client.replica import Fit, Replica
from hubbub.client.retry import Backoff

__all__ = [
    "Address",
    "AnyClientEvent",
    "Backoff",
    "BadAddress",
    "Chat",
    "ClassicMessage",
    "Delayed",
    "Fit",
    "NewCertificate",
    "Offline",
    "Online",
    "Received",
    "Replica",
    "Settled",
    "connect",
    "one_chatroom",
    "parse_address",
]
