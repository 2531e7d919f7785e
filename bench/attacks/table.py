"""All attacks, in the order in which they are run."""

from bench.attacks.kinds import (
    admin,
    arrivals,
    files,
    holding,
    http,
    irc,
    octets,
    people,
    proofs,
    readers,
    reading,
    rekeying,
    rooms,
    sidecar,
    tls,
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
    *tls.ATTACKS,
    *rekeying.ATTACKS,
    *proofs.ATTACKS,
    *admin.ATTACKS,
    *sidecar.ATTACKS,
)
