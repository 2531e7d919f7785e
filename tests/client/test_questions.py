"""How long an answer is waited for, and how long a sign of life."""

import math

from hubbub.chat import commands as c
from hubbub.client.pulse import QUIET_SECONDS, SAY_SECONDS, SIGN_SECONDS, Pulse
from hubbub.client.questions import ANSWER_SECONDS, About, Questions


def say(questions: Questions, now: float) -> str:
    return questions.ask(About.POSTING, c.Say(room="lobby", text="x"), now)


def test_a_ref_is_never_used_again_and_stands_for_one_question() -> None:
    questions = Questions()
    refs = [say(questions, 0), questions.ask(About.ASKING, c.Rooms(), 0), say(questions, 0)]
    assert len(set(refs)) == 3
    asked = questions.answered(refs[1], 1)
    assert asked is not None
    assert asked.about is About.ASKING
    assert questions.answered(refs[1], 1) is None
    assert questions.answered(None, 1) is None


def test_each_question_has_its_time() -> None:
    questions = Questions()
    early = questions.ask(About.ASKING, c.Rooms(), 0)
    late = questions.ask(About.ASKING, c.Rooms(), 5)
    assert questions.overdue_at == ANSWER_SECONDS
    assert [ref for ref, _ in questions.overdue(ANSWER_SECONDS)] == [early]
    assert questions.overdue_at == ANSWER_SECONDS + 5
    assert questions.answered(late, 6) is not None
    assert questions.overdue_at == math.inf


def test_messages_wait_from_the_latest_answer_to_one_of_them() -> None:
    """A server may answer as slowly as its pace demands, if only it goes on."""
    questions = Questions()
    refs = [say(questions, 0) for _ in range(4)]
    now = 0.0
    for ref in refs[:3]:
        now += ANSWER_SECONDS - 1
        assert not questions.posting_is_overdue(now)
        questions.answered(ref, now)
    assert list(questions.overdue(now)) == [], "they are none of the other questions"
    assert questions.posting_is_overdue(now + ANSWER_SECONDS)
    questions.answered(refs[3], now)
    assert not questions.posting_is_overdue(1e9)


def test_what_could_not_be_read_was_not_waited_for() -> None:
    questions = Questions()
    questions.ask(About.ASKING, c.Rooms(), 0)
    say(questions, 0)
    questions.wait_anew(100)
    assert questions.overdue_at == 100 + ANSWER_SECONDS


def test_a_lost_connection_ends_all_questions() -> None:
    questions = Questions()
    asked = questions.ask(About.ASKING, c.Rooms(), 0)
    say(questions, 0)
    assert [ref for ref, _ in questions.give_up()] == [asked], "messages are said again"
    assert not questions.is_posting
    assert questions.overdue_at == math.inf


def test_a_dead_link_is_noticed_within_30_seconds_and_sooner_after_something_was_said() -> None:
    assert QUIET_SECONDS + SIGN_SECONDS < 30
    assert SAY_SECONDS + SIGN_SECONDS < QUIET_SECONDS


def test_one_sign_is_asked_for_at_a_time() -> None:
    pulse = Pulse(0)
    assert (pulse.ask_at, pulse.dead_at) == (QUIET_SECONDS, math.inf)
    pulse.asked(QUIET_SECONDS)
    assert (pulse.ask_at, pulse.dead_at) == (math.inf, QUIET_SECONDS + SIGN_SECONDS)
    pulse.heard(QUIET_SECONDS + 1)
    assert (pulse.ask_at, pulse.dead_at) == (2 * QUIET_SECONDS + 1, math.inf)


def test_what_is_said_is_a_reason_to_ask_sooner_until_it_is_answered() -> None:
    pulse = Pulse(0)
    pulse.posting(10, is_unanswered=True)
    pulse.posting(12, is_unanswered=True)
    assert pulse.ask_at == 10 + SAY_SECONDS
    pulse.heard(13)  # other people talk: the connection lives
    assert pulse.ask_at == 13 + SAY_SECONDS
    pulse.posting(14, is_unanswered=False)
    assert pulse.ask_at == 13 + QUIET_SECONDS
