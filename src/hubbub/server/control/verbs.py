"""What can be asked without a seat in the chatroom: some commands of the protocol, by name.

Each is answered by one event, and who may do it stands in the one table (hub/rules/rights.py).
"""

import msgspec

from hubbub.chat import commands as c
from hubbub.chat.commands import AnyCommand
from hubbub.chat.errors import Refused
from hubbub.chat.heard import Refusal
from hubbub.chat.nearest import nearest
from hubbub.wire.codec import heard_command

_COMMANDS: tuple[type[c.Command], ...] = (
    *(c.Status, c.People, c.Sessions, c.Rooms, c.Profile, c.Reload, c.Backup, c.Import),
    *(c.Kick, c.Ban, c.Unban, c.Mute, c.Unmute, c.Bans),
    *(c.SetRules, c.Hold, c.Appoint, c.DeleteRoom, c.SetDoor, c.SetAccess),
    *(c.MakeToken, c.Tokens, c.RevokeToken, c.Invite, c.Invitations, c.Uninvite, c.GiveOutCode),
    *(c.Members, c.History, c.Add, c.Delete, c.MakeHook, c.Hooks, c.RevokeHook),
)

VERBS = {str(kind.__struct_config__.tag): kind for kind in _COMMANDS}

REF = "done"
"""That of commands which come without one."""


def verb_of(text: str) -> AnyCommand:
    """Return the command in a JSON object, with a ref; raise Refused if it is none of these."""
    command = heard_command(text)
    if isinstance(command, Refusal):
        raise command.error
    if type(command) not in _COMMANDS:
        name = str(type(command).__struct_config__.tag)
        raise Refused(f"'{name}' is for those who are in the chatroom. Verbs are: {known()}.")
    command.ref = command.ref or REF
    return command


def known() -> str:
    """Return the names of all verbs, as a sentence has them."""
    return ", ".join(sorted(VERBS))


def named(verb: str, body: bytes) -> str:
    """Return a command with this name; `body` has its fields, in JSON. Raises Refused."""
    if verb not in VERBS:
        near = nearest(verb, VERBS)
        hint = f"Perhaps you mean '{near}'." if near else f"Verbs are: {known()}."
        raise Refused(f"There is no verb '{verb[:40]}'. {hint}", code="not_found")
    try:
        # As text: values that are not looked at here may hold bytes that are none.
        fields = msgspec.json.decode(body.decode() or "{}", type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Refused('The body must be a JSON object such as {"name": "eve"}.') from None
    fields["type"] = msgspec.Raw(msgspec.json.encode(verb))
    return msgspec.json.encode(fields).decode()
