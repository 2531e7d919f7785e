"""A server in which one person is in one room, and nothing happens."""

from bench.fuzz.irc import Figures


class Still(Figures):
    def people(self) -> int:
        return 1

    def most(self) -> int:
        return 1

    def rooms(self) -> int:
        return 1
