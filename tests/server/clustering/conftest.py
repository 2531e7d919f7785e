"""A NATS server for all tests of nodes, and a stream for each."""

from tests.log.nats_servers import nats, stream

__all__ = ["nats", "stream"]
