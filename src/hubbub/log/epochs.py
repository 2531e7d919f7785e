"""How an epoch begins; every log shares it."""

import secrets

from hubbub.chat.queries import Epoch

ID_BYTES = 12


def begun_at(last: int) -> Epoch:
    """Return a new epoch of a log whose newest seq is `last`; no other log ever has its id."""
    return Epoch(id=secrets.token_urlsafe(ID_BYTES), start=last)
