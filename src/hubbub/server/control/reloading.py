"""Which settings change while the server runs: those that are read where they are used.

The configuration is read as a whole, and refused as a whole if anything in it is wrong: then
nothing changes. Of what differs from before, each setting is applied, or named as one that needs a
restart.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from hubbub.chat.errors import ConfigError
from hubbub.chat.events import Reloaded
from hubbub.chat.limits import FileLimits
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hubbub.chat.limits import Limits
    from hubbub.hub import Hub
    from hubbub.server.config import Config
    from hubbub.server.tls.certificates import Certificates


class Part(NamedTuple):
    """A part of the server, and the settings that it can change, as `section.key`.

    `prepare` reads what it needs, raises ConfigError if that cannot be used, and returns what then
    applies it; it is called even if no setting differs, because the files that they name may.
    """

    keys: frozenset[str]
    prepare: Callable[[Config], Callable[[], None]]


def keys_of(section: str, names: Iterable[str]) -> frozenset[str]:
    """Return settings of a section as they are named here."""
    return frozenset(f"{section}.{name}" for name in names)


LIMITS: Final = (
    *("text_bytes_max", "pending_bytes_max", "unsent_bytes_max", "idle_seconds"),
    *("connections_per_address_max", "rooms_per_member_max", "shutdown_seconds"),
)
"""Those that everybody looks up when they are needed."""

FILE_LIMITS: Final = tuple(
    name for name in FileLimits.__struct_fields__ if name != "daily_megabytes_max"
)


def limits_part(limits: Limits) -> Part:
    """Return the part of the limits that the whole server looks up in one object."""

    def prepare(config: Config) -> Callable[[], None]:
        def apply() -> None:
            for name in LIMITS:
                # Frozen, because nothing else may change what everybody looks at.
                msgspec.structs.force_setattr(limits, name, getattr(config.limits, name))

        return apply

    return Part(keys_of("limits", LIMITS), prepare)


def section_part(name: str, section: type[msgspec.Struct], take: Callable[[Config], None]) -> Part:
    """Return a part that takes a whole section, and looks at it when it acts next."""
    return Part(keys_of(name, section.__struct_fields__), lambda config: lambda: take(config))


def hub_part(hub: Hub) -> Part:
    """Return the part of the hub: who is let in, how long guests are known, which files."""
    keys = (
        keys_of("access", ("enter", "guests", "passing"))
        | keys_of("people", ("guest_name_minutes", "guest_days", "password_chars_min"))
        | keys_of("files", FILE_LIMITS)
        | keys_of("server", ("password",))
    )

    def prepare(config: Config) -> Callable[[], None]:
        return lambda: hub.configure(
            password=config.server.password,
            access=config.access,
            guests=config.people,
            files=config.files,
        )

    return Part(keys, prepare)


def certificates_part(certificates: Certificates) -> Part:
    """Return the part of TLS: the files of the certificate, and what is in them."""

    def prepare(config: Config) -> Callable[[], None]:
        if not config.tls.cert:  # one that was made here
            return certificates.prepared()
        return certificates.prepared(Path(config.tls.cert), Path(config.tls.key))

    return Part(keys_of("tls", ("cert", "key")), prepare)


class Reloading:
    """The configuration that holds, and where it is read again: `reread` raises ConfigError."""

    def __init__(self, config: Config, reread: Callable[[], Config] | None = None) -> None:
        self.config = config
        self._reread = reread or (lambda: config)
        self._parts: list[Part] = []

    def add(self, part: Part) -> None:
        """Have a part of the server take in what it can of each new configuration."""
        self._parts.append(part)

    def reload(self) -> Reloaded:
        """Read the configuration, apply what can be, and return which settings differ.

        Raises ConfigError, and then nothing has changed.
        """
        try:
            config = self._reread()
            applying = [part.prepare(config) for part in self._parts]
        except ConfigError as error:
            logger.warning("the configuration cannot be used; nothing changed", reason=str(error))
            raise
        changed = differing(self.config, config)
        for apply in applying:
            apply()
        self.config = config
        live = frozenset[str]().union(*(part.keys for part in self._parts))
        applied = [key for key in changed if key in live]
        restart = [key for key in changed if key not in live]
        logger.info("the configuration was read again", applied=applied, restart=restart)
        return Reloaded(applied=applied, restart=restart)

    def reload_or_tell(self) -> None:
        """Do the same on a signal, where the journal is all that can be told."""
        with suppress(ConfigError):  # the journal has it
            self.reload()


def differing(before: Config, after: Config) -> list[str]:
    """Return the settings that are not the same, as `section.key`, in the order of the file."""
    return [
        f"{section}.{name}"
        for section in before.__struct_fields__
        for name in getattr(before, section).__struct_fields__
        if getattr(getattr(before, section), name) != getattr(getattr(after, section), name)
    ]
