"""The newsroom's own bank: statements are read, matched with promised gifts by reference, and confirmed by a person."""

from campaigns.banking.matching import Match, matches, record, references, set_aside
from campaigns.banking.reading import Columns, Kept, guess, keep, read

__all__ = ["Columns", "Kept", "Match", "guess", "keep", "matches", "read", "record", "references", "set_aside"]
