"""Which language a page, a mail or a paper speaks, and in which manner it writes days, figures and money.

A kept page is the same for everybody: its language follows from its address, and never from Accept-Language. Whoever draws
one, or writes a mail, does it inside `speaking(…)`. Labels come from `locale/`; a language that has none there is spoken with
English labels, its own texts marked by `lang`, and with its own manner of writing figures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPOKEN = ("en", "es")  # the languages that labels are written in
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def labels_in(language: str) -> str:
    """The language of the labels beside texts in `language`: the same one where we have it, else English."""
    short = language.partition("-")[0]
    return short if short in SPOKEN else "en"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Labels, days, figures and money as readers of the language know them, until the block ends."""
    before = _spoken.set(language)
    try:
        with translation.override(labels_in(language)):
            yield
    finally:
        _spoken.reset(before)


def labels() -> str:
    """The language of labels here: what `<html lang>` says. Empty where nobody said which one is spoken."""
    return labels_in(_spoken.get()) if _spoken.get() else ""


def manner() -> str:
    """Whose manner of writing days, figures and money holds here."""
    return _spoken.get() or translation.get_language() or "en"


def lang_of(language: str, *, within: str = "") -> SafeString:
    """` lang="de"` for a passage that is in another language than what is around it: `within`, or else the labels."""
    return SafeString("") if language == (within or labels()) else format_html(' lang="{}"', language)
