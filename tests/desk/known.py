"""What completion draws from, in tests."""

from collections.abc import Sequence


class Known:
    """Sources with a few of everything."""

    def names(self) -> Sequence[str]:
        return ["Anna", "bob", "Ann Lee", "Émile"]

    def rooms(self) -> Sequence[str]:
        return ["kitchen", "lobby", "kiosk"]

    def commands(self) -> Sequence[tuple[str, str]]:
        return [("who", "who is here"), ("join", "enter a room"), ("wonder", "think")]
