"""The commands of `hubbub account`. What a command does is imported when it runs."""

from typing import TYPE_CHECKING, Annotated

import typer

from hubbub.cli.options import Address, Name, Password, of_text

if TYPE_CHECKING:
    from hubbub.cli.account import Account

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Your name, password and devices at a server. Passwords are asked for, or read as lines "
    "from stdin.",
)


def _account(address: str, name: str | None, password: str) -> "Account":
    from hubbub.cli.account import Account

    return Account(address, name or None, password)


@app.command()
def register(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Make your name yours for good."""
    _account(address, name, password).register()


@app.command()
def login(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Be the member of that name on this machine."""
    _account(address, name, password).login()


@app.command()
def recover(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Choose a password with a code that an operator gave out."""
    _account(address, name, password).recover()


@app.command(name="password")
def change_password(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Choose another password."""
    _account(address, name, password).password()


@app.command()
def devices(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    revoke: Annotated[
        str | None, typer.Option(metavar="ID", callback=of_text, help="Log this one out.")
    ] = None,
) -> None:
    """List your devices, or log one out."""
    _account(address, name, password).devices(revoke)


@app.command()
def logout(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Log this machine out, and forget all that it keeps of you there."""
    _account(address, name, password).logout()


@app.command()
def link(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    code: Annotated[
        str | None, typer.Option(callback=of_text, help="The code that your other device shows.")
    ] = None,
) -> None:
    """Show a code for another device of yours, or with --code be linked by such a code."""
    _account(address, name, password).link(code)


@app.command()
def forget(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    messages: Annotated[
        str,
        typer.Option(
            metavar="keep|delete", callback=of_text, help="What becomes of what you said."
        ),
    ] = "keep",
) -> None:
    """Delete your account there for good. On a terminal it asks first."""
    if messages not in ("keep", "delete"):
        raise typer.BadParameter("Say --messages keep or --messages delete.")
    _account(address, name, password).forget("delete" if messages == "delete" else "keep")
