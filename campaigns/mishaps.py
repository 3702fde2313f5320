"""What went wrong, in words that may be kept in a row and in a log."""

from pathlib import Path
from traceback import extract_tb

from django.core.exceptions import ValidationError

from campaigns.processors.base import ProcessorError


def told(error: Exception) -> str:
    """Our own sentences as they are; of anything else its type and place alone, for its text may name a donor."""
    if isinstance(error, ProcessorError):
        return str(error)[:300]
    if isinstance(error, ValidationError):
        return " ".join(error.messages)[:300]
    last = extract_tb(error.__traceback__)[-1:]
    return "".join([f"Unexpected: {type(error).__name__}", *(f" in {Path(line.filename).name}:{line.lineno}" for line in last)])
