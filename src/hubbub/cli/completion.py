"""What has the user's shell complete commands with Tab: printed, or kept where the shell looks.

click completes; the shell asks it by a script of click's.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
import shellingham
from click.shell_completion import get_completion_class

from hubbub.cli.output import show, show_text

VARIABLE: Final = "_HUBBUB_COMPLETE"
"""What the script asks click by."""

POWERSHELL: Final = ("powershell", "pwsh")


def print_script() -> None:
    """Print the script for the shell that is used."""
    show_text(_script(_shell()).strip())


def install() -> None:
    """Keep the script where the shell that is used will read it, and say where that is."""
    shell = _shell()
    path = _INSTALLING[shell](_script(shell))
    show(f"Commands and options are completed in {shell} from its next start on; see {path}.")
    if shell in POWERSHELL:
        show(
            "PowerShell must be allowed to run it: Set-ExecutionPolicy RemoteSigned "
            "-Scope CurrentUser"
        )


def _shell() -> str:
    try:
        name = str(shellingham.detect_shell()[0])
    except shellingham.ShellDetectionFailure:
        name = ""
    if name not in _INSTALLING:
        raise click.UsageError(
            "Commands are completed in bash, zsh, fish and PowerShell, and you use none of these."
        )
    return name


def _script(shell: str) -> str:
    kind = get_completion_class("powershell" if shell in POWERSHELL else shell)
    assert kind is not None
    return kind(click.Group(), {}, "hubbub", VARIABLE).source()


def _in_bash(script: str) -> Path:
    path = _kept(Path.home() / ".bash_completions" / "hubbub.sh", script)
    _append(Path.home() / ".bashrc", f"source '{path}'")
    return path


def _in_zsh(script: str) -> Path:
    _append(Path.home() / ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit")
    return _kept(Path.home() / ".zfunc" / "_hubbub", script)


def _in_fish(script: str) -> Path:
    return _kept(Path.home() / ".config" / "fish" / "completions" / "hubbub.fish", script)


def _in_powershell(shell: str) -> Callable[[str], Path]:
    def install(script: str) -> Path:
        asked = (shell, "-NoProfile", "-Command", "$profile")
        found = subprocess.run(asked, check=True, capture_output=True, text=True)  # noqa: S603
        profile = Path(found.stdout.strip())
        _append(profile, script.strip())
        return profile

    return install


def _kept(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, "utf-8")
    return path


def _append(path: Path, lines: str) -> None:
    """Write lines at the end of a file of the user's, unless it has them."""
    before = path.read_text("utf-8") if path.exists() else ""
    if lines not in before:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{before.rstrip()}\n{lines}\n".lstrip(), "utf-8")


_INSTALLING: Final[dict[str, Callable[[str], Path]]] = {
    "bash": _in_bash,
    "zsh": _in_zsh,
    "fish": _in_fish,
    **{shell: _in_powershell(shell) for shell in POWERSHELL},
}
