"""At which of this machine's addresses a peer reached it: one that the peer can reach again."""

import asyncio


def server_at(transport: asyncio.BaseTransport) -> str:
    """Return `http://host:port`, or `https` inside TLS; empty if the transport does not say."""
    name = transport.get_extra_info("sockname")
    if not isinstance(name, tuple):
        return ""
    host, port = str(name[0]).partition("%")[0], name[1]
    scheme = "http" if transport.get_extra_info("sslcontext") is None else "https"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
