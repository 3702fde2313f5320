"""Characters that may be written down: neither Postgres nor UTF-8 takes a NUL or half of a surrogate pair."""

import os
import re
from pathlib import Path
from urllib.parse import unquote

UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def writable(text: str) -> str:
    """For whatever was decoded beyond the XML itself: JSON may hide halves of characters, an address a NUL (`%00`)."""
    return UNWRITABLE.sub("", text)


def unquoted(address: str) -> str:
    return writable(unquote(address))


def shown(path: Path | str) -> str:
    """A file's name as it can be printed, also one that is not written in UTF-8."""
    return os.fsencode(path).decode(errors="replace")
