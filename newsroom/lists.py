"""Lists of the desk that stay quick however long the table is."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST_COUNTED = 2000


class ShortCount(Paginator):
    """Counts to 2,000 and no further: nobody turns forty pages, they search."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:MOST_COUNTED].count()
