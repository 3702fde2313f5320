"""The name under which Django looks for a database engine: its own for Postgres, with our pool in the place of psycopg's."""

from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from newsroom.database.pool import Connection, Pool


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools: dict[str, Pool] = {}

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            given = self.get_connection_params() | {"autocommit": True}  # Django sets it as it needs it

            def connect() -> Connection:
                connection = Connection.connect(**given)
                self._configure_connection(connection)  # type: ignore[attr-defined]  # its time zone
                return connection

            self._connection_pools.setdefault(self.alias, Pool(connect, **options))
        return self._connection_pools[self.alias]

    def close_pool(self) -> None:
        if pool := self._connection_pools.pop(self.alias, None):
            pool.close()

    def get_connection_params(self) -> dict[str, Any]:
        return IMPATIENT | super().get_connection_params()


# A server that does not answer is given up: soon when we connect, and after a while when a network swallowed it.
IMPATIENT = {
    "connect_timeout": 2,  # seconds; libpq knows nothing shorter
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
