"""What an import brought and what it could not: counted while it runs, told at its end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from articles.importing.decoding import Notes
from articles.importing.index import Index

BEFORE = "articles imported before, left as they are"
ORDER = [
    *("articles published", "articles scheduled", "articles in review", "articles as drafts", "pages as drafts"),
    *(BEFORE, "authors", "sections", "tags", "pictures", "former addresses"),
    *("comments, not carried",),
]


@dataclass
class Report:
    index: Index
    dry_run: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)  # items that are no articles, by what they are
    custom_fields: Counter[str] = field(default_factory=Counter)

    def lost(self, what: str, detail: str = "", article: str = "") -> None:
        self.index.add_losses([(what, detail, article)])

    @property
    def articles(self) -> int:
        return sum(self.counts[name] for name in ORDER[:5])

    def summary(self) -> str:
        """One line."""
        counts = self.counts
        parts = [f"{plural(self.articles, 'article')} ({counts['articles published']:,} published)"]
        parts += [plural(counts[f"{name}s"], name) for name in ("author", "section", "tag", "picture")]
        return f"{'would import' if self.dry_run else 'imported'} {', '.join(parts)}; {counts[BEFORE]:,} were here already."

    def lines(self, notes: Notes) -> Iterator[str]:
        for name in ORDER:
            if self.counts[name]:
                yield f"{self.counts[name]:>8,}  {name}"
        for what, count in sorted(self.skipped.items()):
            yield f"{count:>8,}  not imported: {what}"
        for what, (count, line) in notes.found.items():
            yield f"{count:>8,}  mended or left out while reading: {what} (first on line {line})"
        kinds = self.index.kinds_of_loss()
        if kinds or self.custom_fields:
            yield "Not carried, or carried otherwise:"
        for what, count in kinds:
            yield f"{count:>8,}  {what}"
            for detail, article in self.index.losses(what):
                yield f"          {detail}" + (f" — in “{article}”" if article else "")
        for key, count in self.custom_fields.most_common():
            yield f"{count:>8,}  custom field “{key}”"


def plural(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
