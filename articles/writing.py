"""What is derived from an article's text whenever it is kept. Pure: no database, no clock."""

import html
import re
from dataclasses import dataclass

from django.utils.text import Truncator

from articles import embeds, footnotes
from articles.models import Article

SUMMARY_WORDS = 100
BLURB_WORDS = 28
READ_A_MINUTE = 230  # words
BLOCK_END = re.compile(r"</(?:p|h[2-4]|li|blockquote|figcaption|tr|t[dh]|pre|figure|aside)>|<br ?/?>", re.IGNORECASE)
ASIDES = re.compile(r"<(figure|table|pre|aside)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
HEADINGS = re.compile(r"<(h[2-4])\b.*?</\1>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^>]*>")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)|[。！？]")


def plain_text(body: str) -> str:
    """The words of sanitised HTML, one line, blocks parted by a space, notes in brackets."""
    return " ".join(html.unescape(TAG.sub("", BLOCK_END.sub(" ", footnotes.in_brackets(body)))).split())


def for_readers(body: str) -> str:
    """A kept text as a page shows it: embeds as cards, notes numbered and listed at its end."""
    return footnotes.at_the_end(embeds.as_cards(body))


def for_mail(body: str) -> str:
    """The same where no script runs: an embed is a link, notes stand at the end."""
    return footnotes.at_the_end(embeds.as_links(body))


@dataclass(frozen=True)
class Length:
    words: int
    characters: int  # with spaces
    minutes: int  # to read it

    def __str__(self) -> str:
        words = f"{self.words:,} word{'' if self.words == 1 else 's'}"
        characters = f"{self.characters:,} character{'' if self.characters == 1 else 's'}"
        return f"{words}, {characters}, about {self.minutes} min to read" if self.words else "No words yet"


def length(body: str) -> Length:
    text = plain_text(body)
    words = len(text.split())
    return Length(words, len(text), max(1, round(words / READ_A_MINUTE)) if words else 0)


def summarise(body: str, words: int = SUMMARY_WORDS) -> str:
    """The beginning of a text, at most `words` words, cut at a sentence's end (else after a word, with an ellipsis)."""
    text = plain_text(HEADINGS.sub(" ", ASIDES.sub(" ", footnotes.without(body))))
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
    article.word_count = length(article.body).words


DERIVED = ["teaser", "word_count"]
