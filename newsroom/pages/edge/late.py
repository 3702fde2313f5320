"""What a host says that could not keep up: the caches in front may hold older pages from it, so they are told anew.

The rows are told by the worker's next round, within a minute.
"""

from collections.abc import Sequence

import psycopg

from newsroom.pages.edge.names import EDGE

AGAIN = "UPDATE newsroom_touch SET due_at = NULL, claim = NULL, told = 0, confirmed_at = NULL WHERE id = ANY(%s)"
ALL = """
INSERT INTO newsroom_touch (keys, made_at, xid) VALUES (ARRAY[%s], clock_timestamp(), pg_current_xact_id()::text::bigint)
"""


def again(connection: psycopg.Connection, touches: Sequence[int]) -> None:
    """Tell these touches once more. Who tells one of them at this moment confirms nothing by it."""
    connection.execute(AGAIN, [list(touches)])


def all_pages(connection: psycopg.Connection) -> None:
    """Let the caches in front go of everything. The stores of other hosts keep what they have."""
    connection.execute(ALL, [EDGE])
