"""Commands are functions, whose signatures say what they take; click does the rest.

The type of a parameter is `Annotated[type, Option(…)]` or `Annotated[type, Argument(…)]`. The type
inside is `str`, `int`, `bool` or `Path`, may be one of them or None, or is a tuple of any length
for what may be given several times. A default makes it optional. The docstring is the help.

What several commands take alike is a dataclass, whose fields are declared like parameters. A
parameter of this type stands for all of them.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin

import click

Run = TypeVar("Run", bound=Callable[..., None])

CONTEXT = {"help_option_names": ["-h", "--help"]}
NOT_SHOWN = (None, "", ())
"""Defaults that mean that nothing was given."""


class _WholeNumber(click.IntRange):
    """A number within bounds; `name` is what a complaint about something else says that it is."""

    name = "whole number"


class _Declared:
    """What click is told of a parameter beside its name, type and default.

    `check` gets what was given, and returns it or raises BadParameter. `words` are those it may be.
    """

    def __init__(
        self,
        *,
        help: str = "",  # noqa: A002 (as click calls it)
        metavar: str | None = None,
        envvar: str | None = None,
        check: Callable[[Any], Any] | None = None,
        words: Iterable[str] = (),
        show_default: str = "",
        between: tuple[int | None, int | None] = (None, None),
        file_okay: bool = True,
    ) -> None:
        self.show_default = show_default
        self.between = between
        self.file_okay = file_okay
        self.given: dict[str, Any] = {"help": help, "metavar": metavar, "envvar": envvar}
        if check is not None:
            self.given["callback"] = lambda _context, _parameter, value: check(value)
        if choices := tuple(words):
            self.given["shell_complete"] = lambda _context, _parameter, begun: [
                word for word in choices if word.startswith(begun)
            ]

    def type_of(self, kind: Any) -> click.ParamType[Any]:
        """Return click's type for one of ours."""
        if kind is Path:
            return click.Path(path_type=Path, file_okay=self.file_okay)
        if kind is int:
            return _WholeNumber(*self.between)
        return click.BOOL if kind is bool else click.STRING


class Option(_Declared):
    """An option. Its name is that of the parameter, if none is given."""

    def __init__(self, *names: str, **given: Any) -> None:
        super().__init__(**given)
        self.names = names


class Argument(_Declared):
    """A word that is given without a name."""


class _Argument(click.Argument):
    """Has brackets around it in the usage if it may be left out, and nowhere else."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return how the usage has it."""
        shown = super().make_metavar(ctx)
        return shown if self.required or shown.startswith("[") else f"[{shown}]"

    def get_help_record(self, _ctx: click.Context) -> tuple[str, str]:
        """Return how the list of arguments has it."""
        return self.human_readable_name, self.help or ""

    def get_error_hint(self, _ctx: click.Context | None) -> str:
        """Return what a complaint calls it."""
        return f"'{self.human_readable_name}'"


class Group(click.Group):
    """Has commands that are made when one is asked for, in the order in which they are declared."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self.makers: dict[str, Callable[[], click.Command]] = {}

    def list_commands(self, _ctx: click.Context | None = None) -> list[str]:
        """Return their names."""
        return list(self.makers)

    def get_command(self, _ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        """Return one of them, made if it was not yet."""
        if cmd_name not in self.commands and cmd_name in self.makers:
            self.commands[cmd_name] = self.makers[cmd_name]()
        return self.commands.get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that `args` begin with; if there is none, say which was meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:  # it knows those alone that are made
            raise type(error)(error.command_name, possibilities=self.makers, ctx=ctx) from None


def group(name: str = "", help: str = "", epilog: str = "") -> Group:  # noqa: A002 (as above)
    """Return a command that is nothing but those below it."""
    return Group(
        name or None, help=help, epilog=epilog, no_args_is_help=False, context_settings=CONTEXT
    )


def command(above: Group, name: str = "", *, epilog: str) -> Callable[[Run], Run]:
    """Return what makes a function a command of a group, under its own name if none is given."""

    def declare(run: Run) -> Run:
        called = name or run.__name__.replace("_", "-")
        above.makers[called] = lambda: click.Command(called, **declared(run), epilog=epilog)
        return run

    return declare


def declared(run: Callable[..., None]) -> dict[str, Any]:
    """Return what click is told of a function that is a command."""
    taken = inspect.signature(run).parameters.values()
    together = {one.name: one.annotation for one in taken if is_dataclass(one.annotation)}
    return {
        "callback": _with(together, run) if together else run,
        "params": [parameter for one in taken for parameter in _parameters(one)],
        "help": inspect.cleandoc(run.__doc__ or ""),
        "context_settings": CONTEXT,
    }


def _with(together: Mapping[str, Any], run: Callable[..., None]) -> Callable[..., None]:
    """Return what makes one of those that stand for several, and then calls `run`."""

    def put_together(**given: Any) -> None:
        for name, kind in together.items():
            given[name] = kind(**{one.name: given.pop(one.name) for one in fields(kind)})
        run(**given)

    return put_together


def _parameters(one: inspect.Parameter) -> Iterator[click.Parameter]:
    if not is_dataclass(one.annotation):
        yield _parameter(one.name, one.annotation, one.default)
        return
    for field in fields(one.annotation):
        default = inspect.Parameter.empty if field.default is MISSING else field.default
        yield _parameter(field.name, field.type, default)


def _parameter(name: str, annotation: Any, default: Any) -> click.Parameter:
    assert get_origin(annotation) is Annotated
    kind, declared = get_args(annotation)
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    several = get_origin(kind) is tuple
    if several:
        kind = get_args(kind)[0]
    given = {**declared.given, "required": default is inspect.Parameter.empty}
    if default is not inspect.Parameter.empty and not several:
        given["default"] = default
    if isinstance(declared, Argument):
        return _Argument([name], type=declared.type_of(kind), nargs=-1 if several else 1, **given)
    names = declared.names or _names_of(name, is_flag=kind is bool)
    if kind is int:
        given["metavar"] = given["metavar"] or "N"
    return click.Option(
        [name, *names],
        type=None if kind is bool else declared.type_of(kind),
        is_flag=kind is bool,
        multiple=several,
        show_default=declared.show_default or default not in NOT_SHOWN,
        show_envvar=True,
        **given,
    )


def _names_of(name: str, *, is_flag: bool) -> Sequence[str]:
    stem = name.replace("_", "-")
    return (f"--{stem}/--no-{stem}",) if is_flag else (f"--{stem}",)
