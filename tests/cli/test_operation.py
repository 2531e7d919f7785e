"""`hubbub admin` about a server that runs: there without a password, elsewhere by a token."""

import json
import signal
from pathlib import Path

import pytest

from hubbub.cli.app import app
from hubbub.cli.operation import lasting, size
from tests.cli.commands import below
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask

from .commands import PATIENCE_SECONDS, hubbub, refused, told
from .served import Served


@pytest.fixture
def served(tmp_path: Path) -> Served:
    folder = tmp_path / "data"
    return Served(folder, "--data", str(folder), "--password", "mika")


def test_the_operator_s_day_needs_no_password_on_the_server_s_machine(served: Served) -> None:
    with EventPeer(served.server, "eve", room=None) as eve:
        eve.ask(type="unlock", password="mika")
        eve.ask(type="join", room="lobby")
        status = served.admin("status")
        assert "ready: yes" in status
        assert "people: 1" in status
        assert json.loads(served.admin("status", "--json"))["people"] == 1
        assert served.admin("people") == "eve: passing; sessions: 1, rooms: 1\n"
        assert "eve from 127.0.0.1 by events since " in served.admin("sessions")
        assert "eve" in served.admin("sessions", "--of", "eve")
        assert served.admin("rooms").startswith("lobby: 1 here")
        served.admin("kick", "eve", "--reason", "too loud")
        assert "too loud" in eve.next("bye")["reason"]
    assert served.admin("ban", "eve*", "--time", "2h") == "'eve*' is banned.\n"
    assert "eve*: banned until" in served.admin("bans")
    served.admin("unban", "eve*")
    served.admin("door", "locked")
    assert "door: locked" in served.admin("status")
    served.admin("door", "open")
    token = served.admin("token", "ci", "--scope", "read").strip()
    assert token.startswith("hb_")
    assert "ci: read; made by hubbub" in served.admin("tokens")
    invitation = served.admin("invite").strip()
    assert invitation.startswith(f"http://{served.address}/#invite=")
    written = served.admin("audit")
    assert "kicked" in written
    assert written.count("on the server's machine") == 7


def test_a_room_is_kept_in_order_without_a_seat_in_it(served: Served) -> None:
    ann, ben = served.enter("ann", "mika"), served.enter("ben", "mika")
    for peer, device in ((ann, "a" * 22), (ben, "b" * 22)):
        peer.ask(type="identify", device=device)
    ann.ask(type="join", room="plans")
    seq = ann.say_and_wait("rude", room="plans")
    room = ("--room", "plans")
    assert served.admin("rules", *room) == "plans: owned by ann.\n"
    assert "once in 30 seconds" in served.admin("rules", *room, "--slow", "30s")
    served.admin("add", "ben", *room)
    assert ben.next("added")["room"] == "plans"
    ben.ask(type="join", room="plans")
    ben.ask(type="report", room="plans", seq=seq, reason="it is")
    assert "'plans': it is" in served.admin("reports", *room)
    assert served.admin("delete", str(seq), *room) == f"The message {seq} is deleted.\n"
    assert ben.next("deleted")["target"] == seq
    assert served.admin("rules") == "Nothing special holds in lobby.\n"
    hook = served.admin("webhook", "ci", *room).strip()
    posted = ask(served.server, hook.partition(served.address)[2], {"text": "built"})
    assert posted.status == 200, posted.body
    assert ann.next("message", **{"from": "ci"})["text"] == "built"
    (line,) = served.admin("webhooks", *room).splitlines()
    assert "ci, last used" in line
    served.admin("webhooks", *room, "--revoke", line.split()[0])
    assert served.admin("webhooks", *room) == ""
    ann.sock.close()
    ben.sock.close()


def test_where_there_is_only_tls_an_invitation_leads_there(tmp_path: Path) -> None:
    file, folder = tmp_path / "hubbub.toml", tmp_path / "data"
    file.write_text('[tls]\nself_signed = true\nplaintext = "forbidden"\n')
    served = Served(folder, "--data", str(folder), "--config", str(file))
    for asked in (("invite",), ("webhook", "ci")):
        assert served.admin(*asked).startswith(f"https://{served.address}/")


def test_whatever_can_be_done_on_the_server_s_machine_takes_its_folder() -> None:
    """All but what only somebody in the chatroom can mean, and what needs no server."""
    without = {
        name
        for name, command in below(app.get_command(None, "admin")).items()
        if "data" not in {one.name for one in command.params}
    }
    assert without == {"cluster", "operate", "report"}


def test_what_two_people_say_to_each_other_is_held_until_that_ends(served: Served) -> None:
    ann, ben = served.enter("ann", "mika"), served.enter("ben", "mika")
    room = ann.ask(type="direct", name="ben")["room"]
    seq = ann.say_and_wait("psst", room=room)
    told_so = "What 'ben' and 'ann' say to each other in private is under "
    assert served.admin("hold", "ben", "ann") == f"{told_so}a legal hold now.\n"
    assert ben.next("rules", room=room)["held"] is True
    refusal = ann.ask(type="delete", room=room, seq=seq)
    assert "under a legal hold" in refusal["message"]
    assert served.admin("hold", "ben", "ann", "--end") == f"{told_so}no legal hold any more.\n"
    assert ann.ask(type="delete", room=room, seq=seq)["type"] == "ok"
    assert "put the conversation of 'ben' and 'ann' under a legal hold" in served.admin("audit")
    nobody = hubbub("admin", "hold", "ann", "zoe", "--data", str(served.folder))
    assert "have said nothing to each other in private" in nobody.stderr
    ann.sock.close()
    ben.sock.close()


def test_without_a_folder_it_is_that_of_the_account(tmp_path: Path) -> None:
    Served(tmp_path)  # in the folder that the test gives the account
    assert "ready: yes" in told("admin", "status")
    assert told("admin", "door", "locked") == "Nobody new is let in now.\n"


def test_where_no_server_runs_it_says_so(tmp_path: Path) -> None:
    assert "No server runs on the folder" in refused("admin", "status", "--data", str(tmp_path))
    assert hubbub("admin", "status", "x:1", "--data", str(tmp_path)).returncode == 2


def test_elsewhere_it_is_an_operator_s_token(served: Served) -> None:
    token = served.admin("token", "deploy", "--scope", "admin").strip()
    at = served.address
    no_operator = hubbub("admin", "status", at, HUBBUB_TOKEN=token)
    assert "Only operators of the server can see how the chatroom runs" in no_operator.stderr
    served.admin("appoint", "deploy", "operator")
    status = hubbub("admin", "status", at, HUBBUB_TOKEN=token)
    assert "ready: yes" in status.stdout, status.stderr
    banned = hubbub("admin", "ban", "eve", "--at", at, HUBBUB_TOKEN=token)
    assert banned.stdout == "'eve' is banned.\n"
    assert "by deploy" in served.admin("bans")
    assert "deploy > banned 'eve'" in served.admin("audit")


def test_a_person_who_says_who_they_are_acts_as_that_person(tmp_path: Path) -> None:
    served = Served(tmp_path, "--data", str(tmp_path))
    told("admin", "ban", "eve", "--at", served.address, "--name", "ann")
    assert "eve: banned for good by ann" in served.admin("bans")


def configured(tmp_path: Path, toml: str) -> Served:
    file, folder = tmp_path / "hubbub.toml", tmp_path / "data"
    file.write_text(toml)
    return Served(folder, "--data", str(folder), "--config", str(file))


def test_the_configuration_is_read_again(tmp_path: Path) -> None:
    served = configured(tmp_path, "")
    file = tmp_path / "hubbub.toml"
    assert served.admin("reload") == "Nothing in the configuration has changed.\n"
    file.write_text("[limits]\ntext_bytes_max = 5\nburst = 9\n")
    assert served.admin("reload") == (
        "These hold from now on: limits.text_bytes_max.\n"
        "Start the server again for these: limits.burst.\n"
    )
    file.write_text("[limits]\ntext_bytes_max = no\n")
    assert "is not valid TOML" in refused("admin", "reload", "--data", str(served.folder))
    assert "too_long" not in served.journal()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_sighup_reads_it_again(tmp_path: Path) -> None:
    served = configured(tmp_path, "")
    (tmp_path / "hubbub.toml").write_text("[limits]\ntext_bytes_max = 5\n")
    served.process.send_signal(signal.SIGHUP)
    with EventPeer(served.server, "ann") as ann:
        for _ in range(1000):
            if ann.ask(type="say", room="lobby", text="hello!")["type"] == "error":
                break
        assert ann.ask(type="say", room="lobby", text="hello!")["code"] == "too_long"
    (tmp_path / "hubbub.toml").write_text("[limits\n")
    served.process.send_signal(signal.SIGHUP)
    with EventPeer(served.server, "ben") as ben:
        assert ben.ask(type="ping")["type"] == "ok"
    assert "nothing changed" in served.journal()


def test_a_terminal_that_is_closed_stops_the_server(tmp_path: Path) -> None:
    """Else it would go on where nobody sees it: a closed window is told by SIGHUP, too."""
    with Terminal(command("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path))) as terminal:
        terminal.expect("in a browser")
        terminal.hang_up()
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2e6, "2.0 MB"), (3e12, "3000.0 GB")],
)
def test_sizes_are_short(count: int, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (59_000, "less than a minute"),
        (60_000, "1 minute"),
        (7_200_000, "2 hours"),
        (86_400_000 * 3, "3 days"),
    ],
)
def test_times_are_told_as_people_do(milliseconds: int, said: str) -> None:
    assert lasting(milliseconds) == said
