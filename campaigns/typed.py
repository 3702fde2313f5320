"""What came with a give form, as far as a person can have meant it.

No keyboard makes a NUL or half a surrogate pair, and no text of ours can keep one. They are left out, so that the form may
be drawn, kept for a while and sent again; where somebody typed, they are told.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as lazy

UNREADABLE = re.compile("[\x00\ud800-\udfff]")
LEFT_OUT = lazy("A sign in it cannot be read and was left out. Look at it, then press Give again.")
# What our own pages put there, and at most how long that is.
LONGEST = {"key": 64, "after": 36, "hint": 80, "source": 110, "rhythm": 20, "processor": 40, "tribute": 20, "country": 20}


def readable(data: Any, names: Iterable[str]) -> tuple[QueryDict, set[str]]:
    """What stands under these names, and under which of them something was left out. Nothing else of what was sent."""
    found, touched = QueryDict(mutable=True), set()
    for name in names:
        for value in data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []:
            left = UNREADABLE.sub("", f"{value}")
            if left != f"{value}":
                touched.add(name)
            found.appendlist(name, left[: LONGEST.get(name)])
    return found, touched
