"""The `hubbub` command. Each command imports what it needs only when it runs, to start fast."""

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click import ClickException

NEW_OBJECTS = 50_000
"""After so many, garbage in cycles is looked for: what is loaded makes more of them, and stays."""


def main() -> None:
    """Run the command line; exit 0 when done, 1 when refused or lost for good, 2 on wrong usage."""
    # A shell closes an output with `>&-`; then what is printed goes nowhere.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 (for all the while)
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    if sys.argv[1:] == ["--version"]:
        _tell_version()
    else:
        _obey()


def _tell_version() -> None:
    """Print the version: to load the commands would take many times as long."""
    from hubbub import __version__

    try:
        print(f"hubbub {__version__}")
        flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        _fail(f"The output cannot be written: {error.strerror}.", 1)


def _obey() -> None:
    """Do what the command line says."""
    gc.set_threshold(NEW_OBJECTS)
    _load_msgspec()
    from click import Abort, ClickException

    from hubbub.chat.errors import HubbubError

    try:
        _run()
    except HubbubError as error:
        _fail(str(error), 2 if error.code == "bad_address" else 1)
    except ClickException as error:
        _fail(_in_words(error), error.exit_code)
    except Abort:
        _fail("Broken off: there was no answer.", 1)
    except BrokenPipeError:
        pass  # the reader of the output has seen enough
    except OSError as error:
        _fail(f"The output cannot be written: {error.strerror}.", 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _load_msgspec() -> None:
    """Load it without typing_extensions, where it looks first for what typing has as well.

    That would take 0.6 MB of each server.
    """
    if "typing_extensions" not in sys.modules:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]
        import msgspec  # noqa: F401

        del sys.modules["typing_extensions"]


def _run() -> None:
    from click.exceptions import Exit

    from hubbub.cli.app import app

    try:
        if os.environ.get("_HUBBUB_COMPLETE"):  # a shell asks what may come next
            app.main(prog_name="hubbub")
        # Not `main`, which takes Ctrl+C for a refusal, and an output that nobody reads for a fault.
        with app.make_context("hubbub", sys.argv[1:]) as context:
            app.invoke(context)
    except Exit as end:
        sys.exit(end.exit_code)
    finally:
        flush()
        gc.freeze()  # all of it goes with the process: to take it apart takes as long as to load it


def _in_words(error: "ClickException") -> str:
    """Return what is wrong with a command line, and what explains it."""
    from click import BadParameter

    is_ours = isinstance(error, BadParameter) and error.param is None
    said = error.message if is_ours else error.format_message()
    if not said.endswith(("?", "?)")):  # it does not ask what was meant
        said = f"{said.rstrip('.')}."
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "hubbub"
    return f"{said} '{command} --help' says what it takes."


def flush() -> None:
    """Hand all output to the system; raise OSError if it takes no more."""
    try:
        sys.stdout.flush()
    except OSError:
        # The interpreter will flush once more at exit, and must not meet the same trouble.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _fail(sentence: str, code: int) -> None:
    from hubbub.cli.output import complain

    complain(f"hubbub: {sentence}")
    sys.exit(code)
