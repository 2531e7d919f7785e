"""A server of which nobody needs to know anything; `hubbub.wire.irc.figures.Figures`."""


class Still:
    name = "irc.hubbub"
    registers = "before"
    sts_seconds = 0
    takes_files = True
    version = "hubbub"
    since = 0

    def people(self) -> int:
        return 1

    def most(self) -> int:
        return 1

    def rooms(self) -> int:
        return 1

    def is_bot(self, _name: str) -> bool:
        return False
