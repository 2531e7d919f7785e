"""All attacks, in the order in which they are run."""

from bench.attacks.kinds import (
    arrivals,
    files,
    holding,
    http,
    irc,
    octets,
    people,
    readers,
    reading,
    rooms,
    words,
)

ATTACKS = (
    *octets.ATTACKS,
    *arrivals.ATTACKS,
    *http.ATTACKS,
    *rooms.ATTACKS,
    *readers.ATTACKS,
    *words.ATTACKS,
    *reading.ATTACKS,
    *holding.ATTACKS,
    *people.ATTACKS,
    *files.ATTACKS,
    *irc.ATTACKS,
)
