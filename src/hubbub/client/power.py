"""Everything that power is needed for: over rooms and people, and over the server itself."""

from hubbub.client.grants import GrantCommands
from hubbub.client.operation import OperationCommands
from hubbub.client.order import OrderCommands


class PowerCommands(OrderCommands, GrantCommands, OperationCommands):
    """Those for moderators, operators, and whoever has the server's machine."""
