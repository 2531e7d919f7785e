"""By which means a picture is shown, as the settings and the terminal's environment say."""

import pytest

from hubbub.tui.pictures.means import Means, Pictures, means_of


@pytest.mark.parametrize(
    ("environment", "means"),
    [
        ({"TERM": "xterm-kitty"}, Means.KITTY),
        ({"TERM": "xterm-ghostty"}, Means.KITTY),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "240200"}, Means.KITTY),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Means.ITERM2),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Means.ITERM2),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Means.ITERM2),
        ({"TERM": "foot"}, Means.SIXEL),
        ({"TERM": "foot-extra"}, Means.SIXEL),
        ({"TERM": "xterm-256color"}, Means.BLOCKS),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0", "KITTY_WINDOW_ID": "1"}, Means.BLOCKS),
        ({}, Means.BLOCKS),
    ],
)
def test_the_environment_tells_the_means(environment: dict[str, str], means: Means) -> None:
    assert means_of("auto", environment) is means


@pytest.mark.parametrize("wanted", ["kitty", "iterm2", "sixel", "blocks"])
def test_the_settings_have_the_last_word(wanted: Pictures) -> None:
    assert means_of(wanted, {"TERM": "xterm-kitty", "TMUX": "1"}) is Means(wanted)
