"""What a server sends to a client: the whole conversation, with somebody who says something."""

from bench.fuzz.target import Target
from bench.peers.hubbub import frame
from hubbub.chat.errors import ProtocolError
from hubbub.client import Backoff
from hubbub.client.address import Address
from hubbub.client.admission import Admission
from hubbub.client.outbox import Post
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session
from hubbub.client.states import State
from hubbub.wire.frames import FrameDecoder

FRAME_BYTES_MAX = 65_536
STEP_SECONDS = 0.3
ROOM = "lobby"


def read_server(data: bytes) -> None:
    """What a server, or whoever poses as one, sends to a client."""
    session = Session(
        Admission(Address(), "ann"),
        JoinedRooms(ROOM),
        backoff=Backoff(jitter=lambda: 1.0),
        patient=True,
    )
    now = 1000.0
    session.start()
    session.connected(now)
    session.say(Post("n1", ROOM, "hello", None), now)
    try:
        for one in FrameDecoder(FRAME_BYTES_MAX).receive(data):
            session.receive(one, now)
            now += STEP_SECONDS
            session.tick(now)
            if session.state is State.DIALLING:
                session.connected(now)
    except ProtocolError:
        pass
    session.lost("connection closed by the server", now)
    for replica in session.rooms.replicas.values():
        assert replica.start <= replica.cursor <= max(replica.last, replica.cursor)
    session.close()


WELCOME = (
    b'{"type":"welcome","protocol":1,"server":"hubbub 0.1.0","name":"ann","session":"s",'
    b'"held":false,"limits":{"text_bytes_max":65536,"frame_bytes_max":262144},"features":["edit","people"]}'
)
ENTERED = (
    b'{"type":"room","room":"lobby","topic":"","members":[{"name":"ann"}],"last":1,"first":1,'
    b'"gap":false,"epoch":"e"}'
)
HISTORY = (
    b'{"type":"message","room":"lobby","seq":1,"prev":0,"from":"bob","at":1,"text":"x"}',
    b'{"type":"edited","room":"lobby","seq":2,"prev":1,"from":"bob","at":1,"target":1,"text":"y"}',
    b'{"type":"pinned","room":"lobby","seq":3,"prev":2,"from":"b","at":1,"target":1,"on":true}',
    b'{"type":"missing","room":"lobby","after":3,"upto":5}',
    b'{"type":"message","room":"lobby","seq":6,"prev":5,"from":"ann","at":1,"text":"hello",'
    b'"nonce":"n1"}',
    b'{"type":"presence","room":"lobby","name":"cid","state":"joined"}',
    b'{"type":"error","code":"log_unavailable","message":"Later."}',
    b'{"type":"addresses","addresses":["n1:1234","hubbubs://[::1]","127.0.0.1:5"]}',
    b'{"type":"removed","room":"lobby","reason":"Gone."}',
    b'{"type":"bye","reason":"Bye."}',
)


def _framed(*events: bytes) -> bytes:
    return b"".join(frame(event, b"+") for event in events)


TARGETS = (
    Target(
        "server",
        read_server,
        (
            _framed(WELCOME, ENTERED, *HISTORY),
            frame(b"bob") + frame(b"hello") + frame(b"bob") + frame(b"again"),
            _framed(WELCOME.replace(b"false", b"true")),
            _framed(WELCOME, ENTERED, *HISTORY[::-1]),
        ),
    ),
)
