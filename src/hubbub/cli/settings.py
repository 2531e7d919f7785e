"""`hubbub --print-client-config`: every setting of the terminal client, with its default."""

import sys

from hubbub.tui.config.file import client_file
from hubbub.tui.config.printed import printed


def print_settings() -> None:
    """Print the file as it can be put where the client looks for it."""
    sys.stdout.write(printed(client_file()))
