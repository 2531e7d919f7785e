"""No command of these tests touches a person's folders."""

from tests.cli.folders import own_folders

__all__ = ["own_folders"]
