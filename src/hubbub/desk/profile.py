"""What a person's programs remember from one run to the next, in one JSON file.

Several programs may run at once. Each writes only what it changed itself, so none undoes what
another wrote.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Self

import msgspec
import platformdirs

from hubbub.client.address import Address
from hubbub.client.nodes import chatroom
from hubbub.desk.devices import Devices
from hubbub.desk.rooms import Order
from hubbub.locks import FileLock

VERSION = 1
SERVERS_MAX = 50
LOCK_SECONDS = 2.0
"""How long a program waits for another one that is saving."""


class Remembered(msgspec.Struct, omit_defaults=True):
    """What is remembered of one server. `seen`: the newest seq that was read, for each room, and
    `lines` behind which seq the unread line stands. `top`: the rooms that stay on top of the list.

    `password`: the one that the server took last. `name`: the user's there, if the chatroom is one
    that was come into beside another.
    """

    rooms: list[str] = []
    room: str | None = None
    seen: dict[str, int] = {}
    drafts: dict[str, str] = {}
    password: str = ""
    lines: dict[str, int] = {}
    name: str = ""
    top: list[str] = []

    def keep_rooms(self, seen: Mapping[str, int | None]) -> None:
        """Remember that the user is in these rooms, and what was read in each, if it is known."""
        # Those that were not entered again yet are not left.
        self.rooms = list(dict.fromkeys([*self.rooms, *seen]))
        self.seen = self.seen | {room: seq for room, seq in seen.items() if seq is not None}

    def forget_room(self, room: str) -> None:
        """Do not enter a room again."""
        self.rooms = [name for name in self.rooms if name != room]

    def keep_drafts(self, drafts: Mapping[str, str]) -> None:
        """Remember the draft of each room; an empty one is none."""
        self.drafts = {room: text for room, text in (self.drafts | dict(drafts)).items() if text}


class _Head(msgspec.Struct):
    version: int = VERSION


class _Stored(msgspec.Struct):
    """The file. Its servers are in the order of their last use."""

    version: int = VERSION
    name: str | None = None
    theme: str | None = None
    panes: dict[str, bool] = {}
    chatrooms: list[str] = []
    order: Order = "joined"
    emoji: list[str] = []
    servers: dict[str, Remembered] = {}


class _Newer(Exception):
    """The file was written by a later version of hubbub."""


class Profile:
    """Change the attributes and what `server` returns, then `save`.

    Without a `path`, nothing is ever written, and all is gone when the program ends. `name`: the
    name to chat under. `theme`: the colours of the terminal client. `panes`: which lists beside
    the log the user showed or hid by hand. `order`: that of the rooms in the list. `emoji`: those
    that were chosen from the list, the latest first. `chatrooms`: the
    addresses of those that are come into beside the first one at each start. `devices`: the
    secrets by which servers know the user again. `notice`: a sentence for the user if the file
    could not be read, else empty.
    """

    def __init__(self, path: Path | None, stored: _Stored, notice: str = "") -> None:
        self.name = stored.name
        self.theme = stored.theme
        self.panes = dict(stored.panes)
        self.chatrooms = list(stored.chatrooms)
        self.order = stored.order
        self.emoji = list(stored.emoji)
        self.notice = notice
        self.devices = Devices(path.with_name("devices") if path else None)
        self._path = path
        self._base = stored
        self._used: dict[str, Remembered] = {}
        self._forgotten: set[str] = set()

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the user's file, or the one at `path`. Never fails; see `notice`."""
        path = path or platformdirs.user_state_path("hubbub") / "profile.json"
        try:
            return cls(path, _read(path) or _Stored())
        except OSError as error:
            return cls(path, _Stored(), _unreadable(path, error))
        except _Newer as newer:
            return cls(path, _Stored(), str(newer))
        except (ValueError, RecursionError):
            return cls(path, _Stored(), _set_aside(path))

    @classmethod
    def fleeting(cls, theme: str | None = None) -> Self:
        """Return a profile of somebody who wants nothing to be kept of them on this computer."""
        return cls(None, _Stored(theme=theme))

    @property
    def is_kept(self) -> bool:
        """Whether anything outlasts the program."""
        return self._path is not None

    @property
    def unsent(self) -> Path | None:
        """The folder of what was said and not sent, if that is kept: see `unsent.py`."""
        return self._path.with_name("unsent") if self._path else None

    def chatroom(self, address: Address, name: str = "") -> str:
        """Return under which address things are kept of a chatroom that may have several.

        `name`: that of the user there, if it is known: their device has been there under it.
        """

        def is_known(at: str) -> bool:
            nothing = Remembered()  # of an address that was only looked up
            is_kept = at in self._base.servers or self._used.get(at, nothing) != nothing
            return is_kept or (name != "" and self.devices.known(at, name) != "")

        return chatroom(address, is_known)

    def server(self, address: str) -> Remembered:
        """Return what is known of a server, made on first use; `address` as `chatroom` says it."""
        known = self._used.pop(address, None)
        if known is None:
            known = deepcopy(self._base.servers.get(address, Remembered()))
        self._used[address] = known
        return known

    def forget_server(self, address: str) -> None:
        """Remember nothing of a server any more, nor the name of the user."""
        self._used.pop(address, None)
        self._forgotten.add(address)
        self.name = None

    def save(self) -> str | None:
        """Write what this program changed; return None, or a sentence that says why not."""
        if self._path is None:
            return None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(self._path):
                try:
                    there = _read(self._path)
                except (ValueError, RecursionError):
                    self._path.replace(_damaged(self._path))
                    there = None
                _write(self._path, self._merged(there or self._base))
        except _Newer as newer:
            return str(newer)
        except OSError as error:
            return f"What hubbub remembers cannot be saved in {self._path} ({_cause(error)})."
        # What others wrote stays out of it: that this program lacks it is no change of its own.
        self._base = msgspec.structs.replace(
            self._base,
            name=self.name,
            theme=self.theme,
            panes=dict(self.panes),
            chatrooms=list(self.chatrooms),
            order=self.order,
            emoji=list(self.emoji),
            servers=self._base.servers | deepcopy(self._used),
        )
        for address in self._forgotten:
            self._base.servers.pop(address, None)
        self._forgotten.clear()
        return None

    def _merged(self, there: _Stored) -> _Stored:
        base = self._base
        servers = dict(there.servers)
        for address in self._forgotten:
            servers.pop(address, None)
        for address, mine in self._used.items():
            known = base.servers.get(address, Remembered())
            servers[address] = _merged(known, mine, servers.pop(address, known))
        kept = list(servers)[-SERVERS_MAX:]
        return _Stored(
            name=there.name if self.name == base.name else self.name,
            theme=there.theme if self.theme == base.theme else self.theme,
            panes=there.panes if self.panes == base.panes else self.panes,
            chatrooms=_merged_rooms(base.chatrooms, self.chatrooms, there.chatrooms),
            order=there.order if self.order == base.order else self.order,
            emoji=there.emoji if self.emoji == base.emoji else self.emoji,
            servers={address: servers[address] for address in kept},
        )


def _merged(base: Remembered, mine: Remembered, there: Remembered) -> Remembered:
    """Return `there` with the changes that lead from `base` to `mine`."""
    newest = {
        room: max(mine.seen.get(room, 0), there.seen.get(room, 0))
        for room in there.seen | mine.seen
    }
    # What the user wants to read again.
    newest |= {room: seq for room, seq in mine.seen.items() if seq < base.seen.get(room, 0)}
    return Remembered(
        rooms=_merged_rooms(base.rooms, mine.rooms, there.rooms),
        room=there.room if mine.room == base.room else mine.room,
        seen=newest,
        lines=there.lines if mine.lines == base.lines else mine.lines,
        top=there.top if mine.top == base.top else mine.top,
        drafts=_merged_drafts(base.drafts, mine.drafts, there.drafts),
        password=there.password if mine.password == base.password else mine.password,
        name=there.name if mine.name == base.name else mine.name,
    )


def _merged_rooms(base: list[str], mine: list[str], there: list[str]) -> list[str]:
    if there == base:
        return mine
    kept = [room for room in there if room in mine or room not in base]
    return kept + [room for room in mine if room not in base and room not in kept]


def _merged_drafts(
    base: dict[str, str], mine: dict[str, str], there: dict[str, str]
) -> dict[str, str]:
    changed = {room: text for room, text in mine.items() if base.get(room) != text}
    removed = base.keys() - mine.keys()
    return {room: text for room, text in (there | changed).items() if room not in removed}


def _read(path: Path) -> _Stored | None:
    """Return what the file holds, None if there is none; raise ValueError if it is damaged."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    if msgspec.json.decode(raw, type=_Head).version > VERSION:
        raise _Newer(
            f"{path} was written by a newer hubbub. This one leaves it alone and remembers nothing."
        )
    return msgspec.json.decode(raw, type=_Stored)


def _write(path: Path, stored: _Stored) -> None:
    text = json.dumps(msgspec.to_builtins(stored), ensure_ascii=False, indent=2)
    fresh = path.with_name(f"{path.name}.new")
    fresh.touch(mode=0o600)  # drafts and passwords are nobody else's business
    # A terminal's paste may hold half a character, which no file can.
    fresh.write_bytes(text.encode("utf-8", "replace") + b"\n")
    fresh.replace(path)


def _set_aside(path: Path) -> str:
    """Rename a damaged file, and return a sentence about it."""
    aside = _damaged(path)
    try:
        with _locked(path):
            path.replace(aside)
    except OSError as error:
        return _unreadable(path, error)
    return f"What hubbub remembered is damaged, so it begins anew. The old file is now {aside}."


def _damaged(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def _locked(path: Path) -> FileLock:
    return FileLock(path.with_name(f"{path.name}.lock"), LOCK_SECONDS)


def _unreadable(path: Path, error: Exception) -> str:
    return f"What hubbub remembered in {path} cannot be read ({_cause(error)})."


def _cause(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
