"""What donors get on paper: receipts, statements of a year, and how they are set."""
