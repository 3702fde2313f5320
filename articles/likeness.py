"""Pictures that look nearly the same: another size, quality or format of one that is in the library already.

Looks (decoding.dhash) are near when few of their 64 bits differ. Two that differ in seven at most have one of four
quarters in which they differ in one at most: so 4 × 17 looks into indexes find every one, however large the library.
"""

from typing import Any

from django.db import connection

from articles.models import Image

MOST_BITS = 7  # in which looks may differ; two pictures that have nothing in common differ in about 32
QUARTERS = (0, 16, 32, 48)
MOST_TOLD = 5

# A search for each quarter: its index holds the whole look, so that no row is fetched before it is known to be near.
QUARTER = """
SELECT id, bit_count((dhash # %(dhash)s)::bit(64)) AS bits FROM articles_image
WHERE ((dhash >> {bits}) & 65535) = ANY(%(near_{bits})s::bigint[]) AND dhash <> 0
AND bit_count((dhash # %(dhash)s)::bit(64)) <= %(most)s AND id <> %(pk)s
"""
FIND = " UNION ".join(QUARTER.format(bits=bits) for bits in QUARTERS) + " ORDER BY bits, id LIMIT %(told)s"


def near(image: Image) -> list[Image]:
    """The pictures that look nearly like this one, the nearest first, the oldest first among equals. Two queries."""
    if not image.dhash:
        return []
    values: dict[str, Any] = {"dhash": image.dhash, "most": MOST_BITS, "pk": image.pk or 0, "told": MOST_TOLD}
    values |= {f"near_{bits}": _within_one_bit(image.dhash >> bits & 0xFFFF) for bits in QUARTERS}
    with connection.cursor() as cursor:
        cursor.execute(FIND, values)
        found = [pk for pk, _ in cursor.fetchall()]
    rows = Image.objects.in_bulk(found)
    return [rows[pk] for pk in found if pk in rows]


def _within_one_bit(quarter: int) -> list[int]:
    return [quarter, *(quarter ^ (1 << bit) for bit in range(16))]
