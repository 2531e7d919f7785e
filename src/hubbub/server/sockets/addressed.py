"""At which of this machine's addresses a peer reached it: one that the peer can reach again."""

import asyncio


def address_at(transport: asyncio.BaseTransport) -> str:
    """Return `host:port` as it stands in links; empty if the transport does not say."""
    name = transport.get_extra_info("sockname")
    if not isinstance(name, tuple):
        return ""
    host, port = str(name[0]).partition("%")[0], name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
