"""What is derived from an article's text whenever it is kept. Pure: no database, no clock."""

import html
import re

from django.utils.text import Truncator

from articles.models import Article

SUMMARY_WORDS = 100
BLURB_WORDS = 28
BLOCK_END = re.compile(r"</(?:p|h[2-4]|li|blockquote|figcaption|tr|pre)>|<br ?/?>", re.IGNORECASE)
ASIDES = re.compile(r"<(figure|table|pre)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
HEADINGS = re.compile(r"<(h[2-4])\b.*?</\1>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^>]*>")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)|[。！？]")


def plain_text(body: str) -> str:
    """The words of sanitised HTML, one line, blocks parted by a space."""
    return " ".join(html.unescape(TAG.sub("", BLOCK_END.sub(" ", body))).split())


def summarise(body: str, words: int = SUMMARY_WORDS) -> str:
    """The beginning of a text, at most `words` words, cut at a sentence's end (else after a word, with an ellipsis)."""
    text = plain_text(HEADINGS.sub(" ", ASIDES.sub(" ", body)))
    parts = text.split(" ")
    if len(parts) <= words:
        return text
    head = " ".join(parts[:words])
    ends = [match.end() for match in SENTENCE_END.finditer(head)]
    if ends and ends[-1] >= len(head) // 4:
        return head[: ends[-1]]
    return head.rstrip(",;:–— ") + "…"


def blurb(article: Article, words: int = BLURB_WORDS) -> str:
    """Two sentences for the front page: the standfirst, or else the beginning of the summary."""
    return article.standfirst or Truncator(article.teaser).words(words, truncate="…")


def derive(article: Article) -> None:
    """Set the columns made from others: teaser (what cards show) and word count."""
    article.teaser = " ".join(article.summary.split()) or summarise(article.body)
    article.word_count = len(plain_text(article.body).split())


DERIVED = ["teaser", "word_count"]
