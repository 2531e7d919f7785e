"""Whether the user looks at this terminal.

Many terminals say when they get and lose the focus; others never do (tmux, unless it is told to).
Until one says so, nobody is taken to look. A key or click shows that what was on the screen then
was seen; it shows nothing about what comes next.

Some say so only at first: tmux without a client at it, and whatever stands between that swallows
the rest. A key that comes while the focus is said to be elsewhere gives that away, and from then on
nobody is taken to look, until the terminal says so again.
"""


class Attention:
    """`is_looking`: None where the terminal does not say."""

    def __init__(self) -> None:
        self.is_looking: bool | None = None

    def hear(self, *, focus: bool) -> None:
        """The terminal says that it got or lost the focus."""
        self.is_looking = focus

    def press(self) -> None:
        """The user pressed something, which only a terminal with the focus takes."""
        if self.is_looking is False:
            self.is_looking = None
