"""hubbub: a chatroom that starts with one command and that anything can join.

`hubbub.connect` is the door for programs:

    async with hubbub.connect("127.0.0.1:1234", name="ann") as chat:
        await chat.say("hello")
        async for event in chat:
            print(event)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubbub.client import connect

__version__ = "0.1.0"
__all__ = ["__version__", "connect"]


def __getattr__(name: str) -> object:
    # On first use: programs that need no client do not wait for its import.
    if name == "connect":
        from hubbub.client import connect  # noqa: PLC0415

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
