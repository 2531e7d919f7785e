"""docs/protocol.md section 3: what a server's frames say about the server."""

from hubbub.chat.events import Bye, Error, Welcome
from hubbub.client.classic import ClassicReader, plain_posts, what_is_said
from hubbub.client.events import ClassicMessage
from hubbub.client.outbox import Outbox, Post
from hubbub.client.outputs import Write
from hubbub.wire.codec import encode
from hubbub.wire.frames import Frame, FrameDecoder

from .servers import welcome


def test_a_relayed_name_in_a_plus_frame_is_a_name() -> None:
    reader = ClassicReader("ann")
    assert reader.read(Frame("ann", event=True)) is None
    assert reader.read(Frame("hi")) == ClassicMessage("ann", "hi")


def test_a_welcome_counts_only_before_anything_else() -> None:
    json = encode(welcome("ann")).decode()
    assert isinstance(ClassicReader("ann").read(Frame(json, event=True)), Welcome)
    assert ClassicReader("ann").read(Frame(json)) is None
    reader = ClassicReader("ann")
    reader.read(Frame("ann"))
    reader.read(Frame("hi"))
    assert reader.read(Frame(json, event=True)) is None
    assert isinstance(reader.read(Frame("text")), ClassicMessage)


def test_a_welcome_to_somebody_else_is_a_strange_name() -> None:
    """At a tutorial's server anybody may be called so, to be told our password."""
    reader = ClassicReader("ann")
    reader.read(Frame(encode(welcome("eve", locked=True)).decode(), event=True))
    assert isinstance(reader.read(Frame("text")), ClassicMessage)


def test_a_welcome_counts_however_the_server_writes_our_name() -> None:
    for name, written in (("Ann  Lee", "Ann Lee"), ("ＡＮＮ", "ANN")):
        json = encode(welcome(written)).decode()
        assert isinstance(ClassicReader(name).read(Frame(json, event=True)), Welcome)


def test_an_empty_text_that_a_tutorial_server_relays_keeps_the_pairs_in_step() -> None:
    reader = ClassicReader("ann")
    stream = b"3         ann0         3         bob2         hi"
    heard = [reader.read(frame) for frame in FrameDecoder(100).receive(stream)]
    assert heard == [None, ClassicMessage("ann", ""), None, ClassicMessage("bob", "hi")]


def test_names_and_texts_are_inert() -> None:
    reader = ClassicReader("ann")
    reader.read(Frame("\x1b[31mann bob\r"))
    assert reader.read(Frame("a\x1b]0;title\x07\nb")) == ClassicMessage(
        "[31mann bob", "a]0;title\nb"
    )


def test_a_refusal_counts_until_a_text_makes_it_a_strange_name() -> None:
    for event in (Error(code="name_not_allowed", message="No."), Bye(reason="Full.")):
        reader = ClassicReader("ann")
        reader.read(Frame(encode(event).decode(), event=True))
        assert reader.farewell == event
        assert isinstance(reader.read(Frame("text")), ClassicMessage)
        assert reader.farewell is None


def test_what_is_done_is_written_with_a_star_where_nobody_knows_more() -> None:
    outbox = Outbox()
    outbox.add(Post("n", "lobby", "waves", me=True))
    assert list(plain_posts(outbox, certain=True)) == [Write(b"7         * waves", "n")]


def test_a_line_is_a_message_a_deed_or_a_command() -> None:
    assert what_is_said("hello") == ("hello", False)
    assert what_is_said("//me waves") == ("/me waves", False)
    assert what_is_said("/me  waves ") == ("waves", True)
    for command in ("/me", "/me ", "/mean it", "/who"):
        assert what_is_said(command) is None
