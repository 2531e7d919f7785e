"""ngIRCd: an IRC server in C. Its speakers are members of the channel, as hubbub's are."""

from pathlib import Path

from bench.peers import installed
from bench.peers.peer import NAME_BYTES, TEXT_BYTES, Dialect, Peer

CONFIG = """
[Global]
Name = bench.example
Info = bench
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = bench
PidFile =
ServerUID = root
ServerGID = root
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 9
MaxPenaltyTime = 0
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
AllowRemoteOper = no
"""


class User(Dialect):
    """Somebody in a channel."""

    opened = b" 001 "
    joined = b" 366 "  # the list of names ends
    host = "127.0.0.1"

    def opening(self, name: str) -> bytes:
        return f"NICK {name}\r\nUSER u 0 * :u\r\n".encode()

    def join(self, name: str, room: str) -> bytes:
        del name
        return f"JOIN #{room}\r\n".encode()

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        del first
        fixed = len(f":!~u@{self.host} PRIVMSG #{room} :\r\n")
        return count * (fixed + NAME_BYTES + TEXT_BYTES)


class Ngircd(Peer):
    """ngircd."""

    name = "ngircd"
    members = (User(),)
    speaker = members[0]
    hears_others = True
    backlog = 8

    def absence(self) -> str | None:
        return installed.absence("ngircd", "apt install ngircd")

    def version(self) -> str:
        return installed.version("ngircd")

    def command(self, folder: Path, port: int) -> list[str]:
        config = folder / "ngircd.conf"
        config.write_text(CONFIG.format(port=port))
        return [installed.program("ngircd") or "", "-n", "-f", str(config)]

    def say(self, room: str, text: bytes) -> bytes:
        return b"PRIVMSG #%b :%b\r\n" % (room.encode(), text)
