"""What came in, from where, and what will come: the figures of the fundraisers' page. By currency, and never across them."""

from campaigns.overview.expecting import Expected, expected, next_month
from campaigns.overview.figures import Line, Sheet, sheets
from campaigns.overview.periods import Period
from campaigns.overview.staying import AFTER, Cohort, cohorts

__all__ = ["AFTER", "Cohort", "Expected", "Line", "Period", "Sheet", "cohorts", "expected", "next_month", "sheets"]
