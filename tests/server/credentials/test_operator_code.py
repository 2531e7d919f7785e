"""The code for an operator elsewhere, in the folder of a server."""

import stat
from pathlib import Path

from hubbub.chat.codes import OPERATOR_CHARS, typed_code
from hubbub.server.credentials.operator_code import FILE, kept_code, shown_operator_code
from tests.server.conftest import Serve
from tests.server.event_peer import EventPeer


def never(_code: str) -> bool:
    return False


def test_a_code_is_made_up_at_the_first_start_and_kept(tmp_path: Path) -> None:
    code = kept_code(tmp_path, is_first=True, is_spent=never)
    assert typed_code(shown_operator_code(tmp_path), OPERATOR_CHARS) == code
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert kept_code(tmp_path, is_first=False, is_spent=never) == code


def test_there_is_none_where_the_first_start_is_over(tmp_path: Path) -> None:
    assert kept_code(tmp_path, is_first=False, is_spent=never) == ""
    assert shown_operator_code(tmp_path) == ""


def test_a_code_that_is_spent_is_removed(tmp_path: Path) -> None:
    code = kept_code(tmp_path, is_first=True, is_spent=never)
    assert kept_code(tmp_path, is_first=False, is_spent=lambda one: one == code) == ""
    assert not (tmp_path / FILE).exists()


def test_a_folder_that_cannot_be_used_has_none(tmp_path: Path) -> None:
    assert kept_code(tmp_path / "missing", is_first=True, is_spent=never) == ""


def test_a_server_takes_its_code_once_and_forgets_it_at_the_next_start(
    serve: Serve, tmp_path: Path
) -> None:
    with serve() as server:
        shown = shown_operator_code(tmp_path)
        with EventPeer(server, "ann", room=None) as ann:
            ann.ask(type="identify", device="a" * 22)
            assert ann.ask(type="operate", code=shown)["type"] == "ok"
            assert ann.ask(type="operate", code=shown)["code"] == "wrong_code"
    with serve():
        assert shown_operator_code(tmp_path) == ""
    with serve():
        assert shown_operator_code(tmp_path) == "", "nor does it make up another one"
