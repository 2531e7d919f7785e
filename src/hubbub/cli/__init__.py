"""The `hubbub` command. Each command imports what it needs only when it runs, to start fast."""

import sys


def main() -> None:
    """Run the command line; exit 0 when done, 1 when refused or lost for good, 2 on wrong usage."""
    from hubbub.chat.errors import HubbubError  # noqa: PLC0415

    try:
        from hubbub.cli.app import app  # noqa: PLC0415

        app()
    except HubbubError as error:
        from hubbub.cli.output import complain  # noqa: PLC0415

        complain(f"hubbub: {error}")
        sys.exit(2 if error.code == "bad_address" else 1)
    except KeyboardInterrupt:
        sys.exit(130)
