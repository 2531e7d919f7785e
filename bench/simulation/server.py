"""A server of NATS with JetStream, as much of it as the log asks for, in memory."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Json = dict[str, Any]
Headers = Mapping[str, str]
Deliver = Callable[[str, str, bytes, Headers], None]
"""Takes subject, reply, payload and headers of what is delivered."""

_NO_MESSAGE = {"error": {"code": 404, "err_code": 10037, "description": "no message found"}}
_NO_STREAM = {"error": {"code": 404, "err_code": 10059, "description": "stream not found"}}
_IS_NOT_LAST = {"error": {"code": 400, "err_code": 10071, "description": "wrong last sequence"}}
_IS_FULL = {"error": {"code": 503, "err_code": 10077, "description": "maximum bytes exceeded"}}
_NO_BATCH = {"error": {"code": 400, "err_code": 10175, "description": "batch is incomplete"}}


class Kept(NamedTuple):
    """A message of the stream."""

    subject: str
    payload: bytes
    headers: Headers


class Consumer:
    """What is delivered to one reader. Without `is_known` the server has forgotten it."""

    def __init__(self, inbox: str, deliver: Deliver) -> None:
        self.inbox = inbox
        self.deliver = deliver
        self.sent = 0
        self.sent_lately = False
        self.is_known = True


class Server:
    """The one stream, and its consumers."""

    def __init__(self) -> None:
        self.config: Json | None = None
        self.messages: dict[int, Kept] = {}
        self.last = 0
        self.consumers: list[Consumer] = []
        self.is_full = False
        self.listeners: list[tuple[str, Deliver]] = []
        """Who hears what is no message of the stream, by subject."""
        self._batches: dict[str, list[Kept]] = {}

    # What is asked.

    def answer(
        self, subject: str, payload: bytes, headers: Headers, deliver: Deliver
    ) -> Json | None:
        """Return the answer to a request, None if there is none; act on what is published."""
        if ".log." in subject:
            return self._publish(subject, payload, headers)
        if not subject.startswith("$JS.API."):
            for heard, tell in self.listeners:
                if heard == subject:
                    tell(subject, "", payload, {"to": subject})
            return None
        _, _, kind, verb, *_ = [*subject.split("."), ""]
        asked = json.loads(payload)
        verbs: dict[str, Callable[[Json], Json]] = {
            "STREAM.CREATE": self._create,
            "STREAM.INFO": self._describe,
            "STREAM.PURGE": self._purge,
            "STREAM.MSG": self._get if ".GET." in subject else self._delete,
            "CONSUMER.CREATE": lambda asked: self._consume(asked, deliver),
        }
        return verbs[f"{kind}.{verb}"](asked)

    def _create(self, asked: Json) -> Json:
        if self.config is not None:
            return {"error": {"code": 400, "err_code": 10058, "description": "name in use"}}
        self.config = asked
        self.last = asked["first_seq"] - 1
        return self._describe({})

    def _describe(self, asked: Json) -> Json:
        if self.config is None:
            return _NO_STREAM
        first = min(self.messages, default=self.last + 1)
        state: Json = {"first_seq": first, "last_seq": self.last}
        pattern = asked.get("subjects_filter")
        found: dict[str, int] = {}
        if pattern is not None:
            for kept in self.messages.values():
                if matches(pattern, kept.subject):
                    found[kept.subject] = found.get(kept.subject, 0) + 1
            state["subjects"] = dict(list(found.items())[asked.get("offset", 0) :])
        return {"config": self.config, "state": state, "cluster": {}, "total": len(found)}

    def _get(self, asked: Json) -> Json:
        number = self._found(asked)
        if number is None:
            return _NO_MESSAGE
        data = b64encode(self.messages[number].payload).decode()
        return {"message": {"seq": number, "data": data}}

    def _found(self, asked: Json) -> int | None:
        if "last_by_subj" in asked:
            numbers = self._numbers(asked["last_by_subj"])
            return max(numbers, default=None)
        if "next_by_subj" in asked:
            later = (one for one in self._numbers(asked["next_by_subj"]) if one >= asked["seq"])
            return min(later, default=None)
        return asked["seq"] if asked["seq"] in self.messages else None

    def _numbers(self, pattern: str) -> Iterator[int]:
        return (number for number, kept in self.messages.items() if matches(pattern, kept.subject))

    def _delete(self, asked: Json) -> Json:
        return {} if self.messages.pop(asked["seq"], None) is not None else _NO_MESSAGE

    def _purge(self, asked: Json) -> Json:
        for number in [*self._numbers(asked["filter"])]:
            if number < asked.get("seq", number + 1):
                del self.messages[number]
        return {}

    # What is published.

    def _publish(self, subject: str, payload: bytes, headers: Headers) -> Json | None:
        kept = Kept(subject, payload, headers)
        if (batch := headers.get("Nats-Batch-Id")) is not None:
            gathered = self._batches.setdefault(batch, [])
            gathered.append(kept)
            if "Nats-Batch-Commit" not in headers:
                return None
            del self._batches[batch]
            if len(gathered) != int(headers["Nats-Batch-Sequence"]):
                return _NO_BATCH
            return self._store(gathered) if self._is_last(subject, headers) else _IS_NOT_LAST
        return self._store([kept]) if self._is_last(subject, headers) else _IS_NOT_LAST

    def _is_last(self, subject: str, headers: Headers) -> bool:
        """Return whether what a message expects of those before it is so."""
        of_all = headers.get("Nats-Expected-Last-Sequence")
        of_subject = headers.get("Nats-Expected-Last-Subject-Sequence")
        where = headers.get("Nats-Expected-Last-Subject-Sequence-Subject", subject)
        return (of_all is None or int(of_all) == self.last) and (
            of_subject is None or int(of_subject) == max(self._numbers(where), default=0)
        )

    def _store(self, batch: list[Kept]) -> Json:
        if self.config is None:
            return _NO_STREAM
        if self.is_full:
            return _IS_FULL
        for kept in batch:
            self.last += 1
            self.messages[self.last] = kept
            for consumer in self.consumers:
                self._deliver(consumer, self.last, 0)
        return {"stream": self.config["name"], "seq": self.last}

    # What is delivered.

    def _consume(self, asked: Json, deliver: Deliver) -> Json:
        config = asked["config"]
        consumer = Consumer(config["deliver_subject"], deliver)
        self.consumers.append(consumer)
        due = [number for number in self.messages if number >= config["opt_start_seq"]]
        for place, number in enumerate(due):
            self._deliver(consumer, number, len(due) - place - 1)
        return {"num_pending": len(due)}

    def _deliver(self, consumer: Consumer, number: int, pending: int) -> None:
        if not consumer.is_known:
            return
        consumer.sent += 1
        consumer.sent_lately = True
        kept = self.messages[number]
        reply = f"$JS.ACK.s.c.1.{number}.{consumer.sent}.0.{pending}"
        consumer.deliver(kept.subject, reply, kept.payload, {**kept.headers, "to": consumer.inbox})

    def beat(self) -> None:
        """Tell readers who were sent nothing lately that they are known, and what was sent."""
        for consumer in self.consumers:
            if consumer.is_known and not consumer.sent_lately:
                last = {"Status": "100", "Nats-Last-Consumer": f"{consumer.sent}"}
                consumer.deliver(consumer.inbox, "", b"", {**last, "to": consumer.inbox})
            consumer.sent_lately = False
        self.consumers = [one for one in self.consumers if one.is_known]


def matches(pattern: str, subject: str) -> bool:
    """Return whether a subject is like a pattern of NATS."""
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted, given = wanted[:-1], given[: len(wanted) - 1] if len(given) >= len(wanted) else []
    return len(wanted) == len(given) and all(
        one in {"*", other} for one, other in zip(wanted, given, strict=True)
    )
