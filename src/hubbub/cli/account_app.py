"""The commands of `hubbub account`. What a command does is imported when it runs."""

from typing import TYPE_CHECKING, Annotated

from hubbub.cli.declaring import Option, command, group
from hubbub.cli.options import Address, Name, Password, Yes, examples, of_text, one_of

if TYPE_CHECKING:
    from hubbub.cli.account import Account

app = group(
    "account",
    help="Your name, password and devices at a server. Passwords are asked for, or read as lines "
    "from stdin.",
    epilog=examples(
        "hubbub account register",
        "hubbub account login chat.example.org --name ann",
        "hubbub account devices --help",
    ),
)


def _account(address: str, name: str | None, password: str) -> "Account":
    from hubbub.cli.account import Account

    return Account(address, name or None, password)


@command(
    app,
    epilog=examples(
        "hubbub account register", "hubbub account register chat.example.org --name ann"
    ),
)
def register(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Make your name yours for good."""
    _account(address, name, password).register()


@command(app, epilog=examples("hubbub account login chat.example.org --name ann"))
def login(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Be the member of that name on this machine."""
    _account(address, name, password).login()


@command(app, epilog=examples("hubbub account recover chat.example.org --name ann"))
def recover(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Choose a password with a code that an operator gave out."""
    _account(address, name, password).recover()


@command(app, "password", epilog=examples("hubbub account password chat.example.org"))
def change_password(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Choose another password."""
    _account(address, name, password).password()


@command(app, epilog=examples("hubbub account devices", "hubbub account devices --revoke d7"))
def devices(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    revoke: Annotated[
        str | None, Option(metavar="ID", check=of_text, help="Log this one out.")
    ] = None,
) -> None:
    """List your devices, or log one out."""
    _account(address, name, password).devices(revoke)


@command(app, epilog=examples("hubbub account logout chat.example.org"))
def logout(address: Address = "", *, name: Name = None, password: Password = "") -> None:
    """Log this machine out, and forget all that it keeps of you there."""
    _account(address, name, password).logout()


@command(
    app,
    epilog=examples(
        "hubbub account link chat.example.org",
        "hubbub account link chat.example.org --code ABCD-EFGH",
    ),
)
def link(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    code: Annotated[
        str | None, Option(check=of_text, help="The code that your other device shows.")
    ] = None,
) -> None:
    """Show a code for another device of yours, or with --code be linked by such a code."""
    _account(address, name, password).link(code)


@command(
    app,
    epilog=examples(
        "hubbub account forget chat.example.org", "hubbub account forget --messages delete --yes"
    ),
)
def forget(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    messages: Annotated[
        str,
        Option(
            metavar="keep|delete",
            help="What becomes of what you said.",
            **one_of("keep", "delete"),
        ),
    ] = "keep",
    yes: Yes = False,
) -> None:
    """Delete your account there for good, after a question, or with --yes without one."""
    account = _account(address, name, password)
    account.forget("delete" if messages == "delete" else "keep", is_sure=yes)
