"""A server that takes each address of loopback for one of another machine, but for 127.0.0.1.

So an attack can come from many addresses, and nothing leaves this machine.
"""

from hubbub.server.fairness import addresses

OWN = "127.0.0.1"


def main() -> None:
    """Be `hubbub`, which is loaded only now: it takes over what stands in `addresses`."""
    addresses.is_loopback = lambda host: host == OWN

    from hubbub.cli import main as hubbub  # noqa: PLC0415

    hubbub()


if __name__ == "__main__":
    main()
