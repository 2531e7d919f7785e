"""The settings as a table: a row for each, with what it may be in words."""

import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta
from msgspec.structs import fields

from hubbub.tui.config.settings import Settings
from hubbub.tui.config.toml import Path

NAME = "NAME"
"""Stands in a path for whatever the user names: a room."""


_ALLOWED: dict[Any, str] = {tuple: 'a list such as ["one", "two"]', bool: "true or false"}


class Setting(NamedTuple):
    """A row. What stands in the file is `converted` to what the settings hold."""

    path: Path
    type: Any
    default: object
    description: str

    def converted(self, value: object) -> object:
        """Return a value as the settings hold it; raise ValidationError if it may not be."""
        return msgspec.convert(value, self.type)

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return _allowed(self.type)


def rows(struct: type[msgspec.Struct] = Settings, above: Path = ()) -> Iterator[Setting]:
    """Yield the settings of a table, and then those of the tables within it.

    Tables of the user's own names have a row for each setting of one; keys of actions have none.
    """
    hints = get_type_hints(struct, include_extras=True)
    within: list[Setting] = []
    for field in fields(struct):
        kind, path = hints[field.name], (*above, field.name)
        if inner := struct_in(kind):
            within += rows(inner, path)
        elif (entry := entry_of(kind)) is None:
            yield Setting(path, kind, field.default, _described(kind))
        elif inner := struct_in(entry):
            within += rows(inner, (*path, NAME))
    yield from within


def row_of(path: Path) -> Setting | None:
    """Return the row that a path leads to, if there is one."""
    kind: Any = Settings
    default: object = None
    for part in path:
        if (struct := struct_in(kind)) is not None:
            kind = get_type_hints(struct, include_extras=True).get(part)
            default = next((one.default for one in fields(struct) if one.name == part), None)
        else:
            kind = entry_of(kind)
    if kind is None or struct_in(kind) or entry_of(kind):
        return None
    return Setting(path, kind, default, _described(kind))


def struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """Return the table that a type is, if it is one."""
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


def entry_of(kind: Any) -> Any:
    """Return the type of what stands under each of the user's own names, if it is such a table."""
    return get_args(kind)[1] if get_origin(kind) is dict else None


def _described(kind: Any) -> str:
    metas = getattr(kind, "__metadata__", ())
    return next((one.description for one in metas if one.description), "")


def _allowed(kind: Any) -> str:
    metas = [one for one in getattr(kind, "__metadata__", ()) if isinstance(one, Meta)]
    plain = kind.__origin__ if get_origin(kind) is Annotated else kind
    origin = get_origin(plain)
    if origin is Literal:
        words = [f'"{word}"' for word in get_args(plain)]
        return f"{', '.join(words[:-1])} or {words[-1]}"
    if origin in (Union, types.UnionType):
        return " or ".join(_allowed(one) for one in reversed(get_args(plain)))
    if plain in (int, float):
        return _number(metas)
    for one in metas:
        if one.examples:
            return f'{one.title} such as "{one.examples[0]}", or ""'
    return _ALLOWED.get(origin or plain, "a text in quotation marks")


def _number(metas: Iterable[Meta]) -> str:
    low = next((one.ge for one in metas if one.ge is not None), None)
    high = next((one.le for one in metas if one.le is not None), None)
    return "a number" if low is None or high is None else f"a number from {low} to {high}"
