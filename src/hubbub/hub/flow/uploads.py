"""Files on their way, and how many bytes of files the rooms hold.

An upload is open until its bytes are there, then finished until it is in a message, and is dropped
if nothing becomes of it. While the message waits for the log, its draft says what becomes of it: if
the log refuses, the upload is free for another try; a repeat with the same nonce finds it as well.
"""

from collections.abc import Iterator, Mapping, Sequence

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.chat.files import MEGABYTE, Upload
from hubbub.chat.limits import FileLimits
from hubbub.hub.flow.drafts import Draft, Drafts
from hubbub.hub.present.person import Person
from hubbub.hub.shares.quota import Quota


class Uploads:
    """`stored`: how many bytes of files standing messages hold, by room."""

    def __init__(self, limits: FileLimits, stored: Mapping[str, int]) -> None:
        self.limits = limits
        self.quota = Quota(int(limits.daily_megabytes_max * MEGABYTE), verb="upload")
        self._by_id: dict[str, Upload] = {}
        self._by_secret: dict[str, Upload] = {}
        self._drafts: dict[str, Draft] = {}
        self._hosted: dict[str, Upload] = {}
        self._stored = dict(stored)

    def __iter__(self) -> Iterator[Upload]:
        return iter(list(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, upload: Upload) -> None:
        """Expect the bytes of a file."""
        self._by_id[upload.id] = self._by_secret[upload.secret] = upload
        if not upload.room:
            self._hosted[upload.id] = upload

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
        self._by_id.pop(upload.id, None)
        self._by_secret.pop(upload.secret, None)
        self._drafts.pop(upload.id, None)
        self._hosted.pop(upload.id, None)

    def coming_from(self, origin: str) -> int:
        """Return how many uploads an address has that are in no message."""
        return sum(one.origin == origin for one in self._by_id.values())

    def unfinished_of(self, person: Person) -> int:
        """Return how many uploads somebody has that are in no message."""
        return sum(_is_by(person, one) for one in self._by_id.values())

    def bytes_in(self, room: str) -> int:
        """Return how many bytes a room holds, or will."""
        coming = sum(one.size for one in self._by_id.values() if one.room == room)
        return self._stored.get(room, 0) + coming

    @property
    def bytes_in_all(self) -> int:
        """How many bytes all rooms hold, or will."""
        return sum(self._stored.values()) + sum(one.size for one in self._by_id.values())

    @property
    def stored_bytes(self) -> int:
        """How many bytes of files all messages hold."""
        return sum(self._stored.values())

    def count(self, stored: Mapping[str, int]) -> None:
        """Take in how many bytes standing messages hold now."""
        self._stored = dict(stored)

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
                    upload.room = draft.event.room

    def posted(self, drafts: Drafts) -> list[Upload]:
        """Drop the uploads that are in committed messages, and return them."""
        done = [
            self._by_id[id_]
            for id_, draft in self._drafts.items()
            if draft.event.seq and drafts.is_settled(draft.number)
        ]
        for upload in done:
            assert upload.file is not None, "only what is whole is in a message"
            stored = self._stored.get(upload.room, 0)
            self._stored[upload.room] = stored + upload.file.size
            self.drop(upload)
        return done

    def abandoned(self, before: int, drafts: Drafts) -> list[Upload]:
        """Return the uploads of which nothing came since a time, and which are in no message."""
        return [
            one for one in self._by_id.values() if one.at < before and self._is_free(one, drafts)
        ]


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
