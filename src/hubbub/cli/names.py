"""The name that a command speaks under: given, else remembered, else asked for or made up."""

import getpass
import os
import sys
from contextlib import suppress

import click

from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name
from hubbub.cli.output import complain
from hubbub.desk.profile import Profile


def load_profile() -> Profile:
    """Return what the user's programs remember; if that is damaged, say so."""
    profile = Profile.load()
    if profile.notice:
        complain(profile.notice)
    return profile


def asked_name(name: str | None, profile: Profile) -> str:
    """Return the name to chat under; if none is known, ask for it on the terminal."""
    if name := name or profile.name:
        return name
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.BadParameter("Who are you? Give --name NAME, or set HUBBUB_NAME.")
    return str(click.prompt("Your name", default=user_name(), err=True))


def remember_name(name: str, profile: Profile) -> None:
    """Chat under this name from now on, unless another is remembered."""
    if profile.name is None:
        with suppress(Refused):  # a tutorial's server accepts names that no other does
            profile.name = allowed_name(name)
            profile.save()


def sender_name(profile: Profile) -> str:
    """Return the name for a script that gives none."""
    return profile.name or user_name()


def reader_name() -> str:
    """Return a name for a command that only reads: the user may be chatting under their own."""
    return f"{user_name()[:20]}-{os.getpid()}"


def user_name() -> str:
    """Return the name of the user's account."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return "guest"
