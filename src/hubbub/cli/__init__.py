"""The `hubbub` command. Each command imports what it needs only when it runs, to start fast."""

import os
import sys


def main() -> None:
    """Run the command line; exit 0 when done, 1 when refused or lost for good, 2 on wrong usage."""
    from hubbub.chat.errors import HubbubError

    _have_somewhere_to_print()
    try:
        from hubbub.cli.app import app

        app()
    except HubbubError as error:
        from hubbub.cli.output import complain

        complain(f"hubbub: {error}")
        sys.exit(2 if error.code == "bad_address" else 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _have_somewhere_to_print() -> None:
    """Print into nothing where the shell closed an output, as `>&-` does."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 (for all the while)
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
