"""Files on their way, and how many bytes of files the rooms hold.

An upload is open until its bytes are there, then finished until it is in a message, and is dropped
if nothing becomes of it. While the message waits for the log, its draft says what becomes of it: if
the log refuses, the upload is free for another try; a repeat with the same nonce finds it as well.

Whatever is asked before another one may begin is counted as they come and go: thousands may be on
their way.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.chat.files import MEGABYTE, Upload
from hubbub.chat.limits import FileLimits
from hubbub.hub.flow.drafts import Draft, Drafts
from hubbub.hub.present.person import Person
from hubbub.hub.shares.quota import Quota

T = TypeVar("T")


class Uploads:
    """`stored`: how many bytes of files standing messages hold, by room."""

    def __init__(self, limits: FileLimits, stored: Mapping[str, int]) -> None:
        self.limits = limits
        self.quota = Quota(int(limits.daily_megabytes_max * MEGABYTE), verb="upload")
        self._by_id: dict[str, Upload] = {}
        self._by_secret: dict[str, Upload] = {}
        self._drafts: dict[str, Draft] = {}
        self._hosted: dict[str, Upload] = {}
        self._stored = Counter(stored)
        self._stored_bytes = self._stored.total()
        self._of: Counter[tuple[str, int]] = Counter()
        """How many there are, by owner and when a passing one took their name."""
        self._from: Counter[str] = Counter()
        self._bytes_to: Counter[str] = Counter()
        self._bytes = 0
        self._awaited: dict[str, int] = {}
        self.awaited_bytes = 0
        """How many bytes are still to come."""

    def __iter__(self) -> Iterator[Upload]:
        return iter(list(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, upload: Upload) -> None:
        """Expect the bytes of a file."""
        self._by_id[upload.id] = self._by_secret[upload.secret] = upload
        if not upload.room:
            self._hosted[upload.id] = upload
        self._tally(upload, 1)
        self.awaits(upload, upload.size if upload.file is None else 0)

    def _tally(self, upload: Upload, sign: int) -> None:
        self._bytes += sign * upload.size
        _add(self._of, (upload.owner, upload.since), sign)
        _add(self._from, upload.origin, sign)
        _add(self._bytes_to, upload.room, sign * upload.size)

    def awaits(self, upload: Upload, size: int) -> None:
        """Take in how many bytes of an upload are still to come, unless it was dropped."""
        if upload.id in self._by_id:
            self.awaited_bytes += size - self._awaited.get(upload.id, 0)
            self._awaited[upload.id] = size

    @property
    def hosted(self) -> Mapping[str, Upload]:
        """Those that are in no room yet, by their ids."""
        return self._hosted

    def hosted_by(self, person: Person) -> set[str]:
        """Return the ids of those that are somebody's, and whole."""
        return {one.id for one in self._hosted.values() if _is_by(person, one) and one.file}

    def find(self, secret: str) -> Upload:
        """Return the upload with this secret; raise Refused `no_such_upload`."""
        if (upload := self._by_secret.get(secret)) is None:
            raise _no_such_upload()
        return upload

    def check_is_in_no_message(self, upload: Upload, drafts: Drafts) -> None:
        """Raise Refused `no_such_upload` if a message with a file is accepted, or committed."""
        if not self._is_free(upload, drafts):
            raise _no_such_upload()

    def _is_free(self, upload: Upload, drafts: Drafts) -> bool:
        draft = self._drafts.get(upload.id)
        return draft is None or _was_refused(draft, drafts)

    def drop(self, upload: Upload) -> None:
        """Expect nothing more of a file."""
        if self._by_id.pop(upload.id, None) is None:
            return
        self._tally(upload, -1)
        self.awaited_bytes -= self._awaited.pop(upload.id)
        self._by_secret.pop(upload.secret, None)
        self._drafts.pop(upload.id, None)
        self._hosted.pop(upload.id, None)

    def coming_from(self, origin: str) -> int:
        """Return how many uploads an address has that are in no message."""
        return self._from[origin]

    def unfinished_of(self, person: Person) -> int:
        """Return how many uploads somebody has that are in no message."""
        return self._of[person.handle, 0 if person.id else person.since]

    def bytes_in(self, room: str) -> int:
        """Return how many bytes a room holds, or will."""
        return self._stored[room] + self._bytes_to[room]

    @property
    def bytes_in_all(self) -> int:
        """How many bytes all rooms hold, or will."""
        return self._stored_bytes + self._bytes

    @property
    def stored_bytes(self) -> int:
        """How many bytes of files all messages hold."""
        return self._stored_bytes

    def count(self, stored: Mapping[str, int]) -> None:
        """Take in how many bytes standing messages hold now."""
        self._stored = Counter(stored)
        self._stored_bytes = self._stored.total()

    def finished(
        self, person: Person, room: str, ids: Sequence[str], nonce: str | None, drafts: Drafts
    ) -> list[Upload]:
        """Return somebody's finished uploads for a room; raise Refused `no_such_file`."""
        return [self._finished(person, room, id_, nonce, drafts) for id_ in dict.fromkeys(ids)]

    def _finished(
        self, person: Person, room: str, id_: str, nonce: str | None, drafts: Drafts
    ) -> Upload:
        upload = self._by_id.get(id_)
        if upload is None or not _is_by(person, upload):
            raise _no_such_file(
                f"You have no upload {id_}: it was cancelled or given up, or the server has "
                "started anew. Upload the file again."
            )
        if upload.room and upload.room != room:
            raise _no_such_file(
                f"'{upload.name}' was uploaded for another room. Upload it for this one."
            )
        if upload.file is None:
            raise _no_such_file(
                f"'{upload.name}' is not uploaded to the end. Send the rest of it first."
            )
        if not self._is_free(upload, drafts):
            event = self._drafts[id_].event
            if nonce is None or not isinstance(event, Message) or event.nonce != nonce:
                raise _no_such_file(
                    f"'{upload.name}' is in a message already. Upload it once more for another."
                )
        return upload

    def taken(self, uploads: Sequence[Upload], draft: Draft) -> None:
        """Take in that a message with these files waits for the log."""
        for upload in uploads:
            assert upload.id in self._by_id, "what was given up has no file any more"
            earlier = self._drafts.get(upload.id)
            if earlier is None or not earlier.event.seq:  # else it is a repeat
                self._drafts[upload.id] = draft
                if self._hosted.pop(upload.id, None) is not None:
                    self._tally(upload, -1)
                    upload.room = draft.event.room
                    self._tally(upload, 1)

    def posted(self, drafts: Drafts) -> list[Upload]:
        """Drop the uploads that are in committed messages, and return them."""
        done = [
            self._by_id[id_]
            for id_, draft in self._drafts.items()
            if draft.event.seq and drafts.is_settled(draft.number)
        ]
        for upload in done:
            assert upload.file is not None, "only what is whole is in a message"
            self._stored[upload.room] += upload.file.size
            self._stored_bytes += upload.file.size
            self.drop(upload)
        return done

    def abandoned(self, before: int, drafts: Drafts) -> list[Upload]:
        """Return the uploads of which nothing came since a time, and which are in no message."""
        return [
            one for one in self._by_id.values() if one.at < before and self._is_free(one, drafts)
        ]


def _add(counts: Counter[T], key: T, number: int) -> None:
    counts[key] += number
    if not counts[key]:
        del counts[key]


def _is_by(person: Person, upload: Upload) -> bool:
    is_theirs = person.handle == upload.owner
    return is_theirs and (bool(person.id) or person.since == upload.since)


def _was_refused(draft: Draft, drafts: Drafts) -> bool:
    return drafts.is_settled(draft.number) and not draft.event.seq


def _no_such_upload() -> Refused:
    return Refused(
        "There is no upload at this address: it is in a message already, was cancelled or given "
        "up, or the server has started anew. Begin again with the command upload.",
        code="no_such_upload",
    )


def _no_such_file(sentence: str) -> Refused:
    return Refused(sentence, code="no_such_file")
