"""The newsroom's own bank: statements are read, matched with promised gifts by reference, and confirmed by a person."""

from campaigns.banking.matching import Match, matches, record, references, set_aside
from campaigns.banking.reading import Columns, guess, keep

__all__ = ["Columns", "Match", "guess", "keep", "matches", "record", "references", "set_aside"]
