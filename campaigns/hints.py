"""Which article brought a gift: a mark in the link from the article to the campaign, the same for every reader.

It is signed, so that nobody credits an article with gifts that it did not bring; it says nothing about who reads. It travels
in the fragment of the address, which no browser sends to anybody, and comes to us with the form alone.
"""

from django.core import signing

from articles.models import Article

LONGEST = 80


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="campaigns.hint")


def of(article: int | None) -> str:
    """The mark of an article's primary key; nothing for none."""
    return _signer().sign(str(article)) if article else ""


def read(mark: str) -> int | None:
    """The article that a mark names and that is still there. Whatever else came is none, and no fault of the donor's."""
    try:
        pk = int(_signer().unsign(mark[:LONGEST]))
    except (signing.BadSignature, ValueError):
        return None
    return pk if Article.objects.filter(pk=pk).exists() else None
