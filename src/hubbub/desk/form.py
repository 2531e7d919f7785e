"""What a dialog asks of the user, such as a password, and what it shows them alone."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec


class Field(msgspec.Struct, frozen=True):
    """One line to fill in. What is `secret` is never shown, and kept nowhere."""

    label: str
    secret: bool = True


class OneOf(msgspec.Struct, frozen=True):
    """Words of which the user takes one; `options`: what is submitted for it, and the words.

    `first`: which of them it is until the user takes another one.
    """

    label: str
    options: Sequence[tuple[str, str]]
    first: str = ""


class Secret(msgspec.Struct, frozen=True):
    """What is shown to the user once. `text` is the secret itself, `about` says what it is for.

    `scanned`: the address that phones may read off the screen, as a QR code; empty: none.
    """

    about: str
    text: str
    scanned: str = ""


class Form(msgspec.Struct, frozen=True):
    """`submit` is given what was typed and taken, field by field; raises HubbubError if it will
    not do.

    Then its sentence is shown, and what was typed stays to be mended. `about`: what the user should
    know before, in sentences.
    """

    title: str
    fields: Sequence[Field | OneOf]
    submit: Callable[[Sequence[str]], Awaitable[None]]
    about: str = ""
