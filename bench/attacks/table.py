"""All attacks, in the order in which they are run."""

from bench.attacks.kinds import arrivals, holding, http, octets, readers, reading, rooms, words

ATTACKS = (
    *octets.ATTACKS,
    *arrivals.ATTACKS,
    *http.ATTACKS,
    *rooms.ATTACKS,
    *readers.ATTACKS,
    *words.ATTACKS,
    *reading.ATTACKS,
    *holding.ATTACKS,
)
