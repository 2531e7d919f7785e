"""Editing a draft in another program."""

import sys
from pathlib import Path

import pytest

from hubbub.chat.errors import HubbubError
from hubbub.tui.composer.editor import edited


@pytest.fixture
def editor(tmp_path: Path) -> str:
    """Return the command of an editor that writes capitals, and notes the file's name."""
    script = tmp_path / "an editor.py"
    script.write_text(
        "import sys, pathlib\n"
        "path = pathlib.Path(sys.argv[-1])\n"
        "pathlib.Path(__file__).with_name('edited').write_text(path.name)\n"
        "path.write_text(path.read_text('utf-8').upper() + '\\n\\n', 'utf-8')\n"
        "sys.exit('--fail' in sys.argv)\n",
        "utf-8",
    )
    return f'"{sys.executable}" "{script}"'


def test_the_draft_goes_through_the_editor(editor: str, tmp_path: Path) -> None:
    assert edited("grüße\nan alle", {"EDITOR": editor}) == "GRÜSSE\nAN ALLE\n"
    assert (tmp_path / "edited").read_text() == "draft.md"


def test_visual_comes_before_editor(editor: str) -> None:
    assert edited("a", {"VISUAL": editor, "EDITOR": "no-such-program"}) == "A\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("no-such-program --wait", "'no-such-program' did not work"),
        ("say 'hello", "open quotation mark"),
    ],
)
def test_no_editor_is_said_with_a_remedy(command: str, said: str) -> None:
    with pytest.raises(HubbubError, match=said) as failure:
        edited("a", {"EDITOR": command})
    assert failure.value.code == "no_editor"
    assert "Set the environment variable EDITOR" in str(failure.value)


def test_a_failing_editor_is_said(editor: str) -> None:
    with pytest.raises(HubbubError, match="ended with error 1; the draft is as it was"):
        edited("a", {"EDITOR": f"{editor} --fail"})


def test_without_a_wish_it_is_the_editor_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(command: list[str], *, check: bool) -> None:
        asked.extend(command)
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(HubbubError):
        edited("a", {"EDITOR": " "})
    assert asked[0] == ("notepad" if sys.platform == "win32" else "vi")
