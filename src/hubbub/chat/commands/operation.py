"""Commands of those who run the server: how it does, who is connected, its settings."""

from hubbub.chat.commands.base import Command


class Status(Command, tag="status"):
    """Ask how the server does; answered by `status`."""


class People(Command, tag="people"):
    """Ask who is here, in all rooms; answered by `people`."""


class Sessions(Command, tag="sessions"):
    """Ask who is connected, and from where, or with `name` that person; answered by `sessions`."""

    name: str | None = None


class Reload(Command, tag="reload"):
    """Have the server read its configuration again; answered by `reloaded`."""


class Backup(Command, tag="backup"):
    """Have the server copy its folder to where it is configured to; answered by `backed_up`.

    Or to `place`, a path on the server's machine: only for somebody there.
    """

    place: str | None = None
