"""What is found out about a file; the server and the process that looks at files share it."""

from typing import Final

import msgspec

ORDINARY: Final = "application/octet-stream"


class Found(msgspec.Struct, omit_defaults=True):
    """What a file is, told by its bytes.

    Pictures have a size. With `preview`, a smaller one was written; with `clean`, the picture
    without anything else, which is to be kept instead.
    """

    type: str = ORDINARY
    width: int = 0
    height: int = 0
    preview: bool = False
    clean: bool = False
