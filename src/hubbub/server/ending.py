"""How a server ends that cannot go on: with a sentence, so that another is started."""

from hubbub.chat.errors import HubbubError


def cannot_go_on() -> HubbubError:
    """Return what to raise where a fault was noted without which nothing else works."""
    return HubbubError(
        "The server has a fault and cannot go on. Its journal says where. Start it again.",
        code="server_fault",
    )
