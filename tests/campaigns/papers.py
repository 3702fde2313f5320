"""What the tests of papers share: reading a PDF back."""

import io
from typing import Any

from pypdf import PdfReader


def words(pdf: bytes) -> str:
    """Its text, in one line."""
    return " ".join(
        "".join(page.extract_text() + "\n" for page in PdfReader(io.BytesIO(pdf)).pages).replace("\u200b", "").split()
    )


def root(pdf: bytes) -> Any:
    return PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def tags(pdf: bytes) -> list[str]:
    """The names of the structure tree, in reading order."""
    return _below(root(pdf)["/StructTreeRoot"]["/K"])


def _below(node: Any) -> list[str]:
    node = node.get_object()
    if isinstance(node, list):
        return [tag for child in node for tag in _below(child)]
    if isinstance(node, dict) and "/S" in node:
        return [str(node["/S"]), *(_below(node["/K"]) if "/K" in node else [])]
    return []
