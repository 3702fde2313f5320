"""Texts as WordPress kept them, cleaned for a test."""

from typing import Any

from articles.importing.clean import Attachment, Library, Text

IMAGE = {"src": "/media/images/a.jpg", "width": 640, "height": 480, "alt": "From the library"}
FILES = {
    "4": Attachment("https://old.example.org/a.jpg", "a.jpg", "A boat", "Boats at noon"),
    "5": Attachment("https://old.example.org/b.jpg"),
}


def cleaned(content: str, **library: Any) -> str:
    return text(**library).clean(content)


def text(*, ours: bool = False, **library: Any) -> Text:
    known = Library(
        attachment=FILES.get, image=(lambda address, number: IMAGE) if ours else (lambda address, number: None), **library
    )
    return Text(known, base="https://old.example.org/2020/05/post-1/", post="1")
