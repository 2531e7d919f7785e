"""Everybody who takes part, hubbub first."""

from bench.peers.hubbub import Classic, Event, Hubbub, Irc, WebSocket
from bench.peers.limit import Limit
from bench.peers.mosquitto import Mosquitto
from bench.peers.nats import Nats
from bench.peers.ngircd import Ngircd
from bench.peers.peer import Peer
from bench.peers.redis import Redis
from bench.peers.tutorial import Tutorial

HUBBUB = Hubbub("hubbub", Classic())
EVENTS = Hubbub("hubbub-events", Event())
WEBSOCKETS = Hubbub("hubbub-websockets", WebSocket())
IRC = Hubbub("hubbub-irc", Irc())
MIXED = Hubbub("hubbub-mixed", Classic(), Event(), WebSocket())

OTHERS: tuple[Peer, ...] = (Redis(), Nats(), Ngircd(), Mosquitto(), Tutorial(), Limit())
PEERS: tuple[Peer, ...] = (HUBBUB, EVENTS, WEBSOCKETS, IRC, MIXED, *OTHERS)
