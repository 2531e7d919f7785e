"""Everybody who takes part, hubbub first."""

from bench.peers.hubbub import Classic, Event, Hubbub, Irc, WebSocket
from bench.peers.jetstream import JetStream
from bench.peers.limit import Limit
from bench.peers.mosquitto import Mosquitto
from bench.peers.nats import Nats
from bench.peers.ngircd import Ngircd
from bench.peers.peer import Keeps, Peer
from bench.peers.redis import DurableRedis, Redis
from bench.peers.tutorial import Tutorial

HUBBUB = Hubbub("hubbub", Classic())
EVENTS = Hubbub("hubbub-events", Event())
WEBSOCKETS = Hubbub("hubbub-websockets", WebSocket())
IRC = Hubbub("hubbub-irc", Irc())
MIXED = Hubbub("hubbub-mixed", Classic(), Event(), WebSocket())
ONE_WORKER = Hubbub("hubbub-1-worker", Classic(), workers=1)
TWO_WORKERS = Hubbub("hubbub-2-workers", Classic(), workers=2)

POWER = Hubbub("hubbub-power", Classic(), keeps=Keeps.POWER)

DURABLE: tuple[Peer, ...] = (
    HUBBUB,
    DurableRedis("redis-everysec", Keeps.KILL, "everysec"),
    JetStream("jetstream", Keeps.KILL),
    POWER,
    DurableRedis("redis-always", Keeps.POWER, "always"),
    JetStream("jetstream-always", Keeps.POWER, always=True),
)
"""Those that keep what they deliver."""

OTHERS: tuple[Peer, ...] = (Redis(), Nats(), Ngircd(), Mosquitto(), Tutorial(), Limit())
PEERS: tuple[Peer, ...] = (EVENTS, WEBSOCKETS, IRC, MIXED, *DURABLE, *OTHERS)
