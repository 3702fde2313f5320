"""Django's Postgres with connections that say at once when there is no Postgres (the ENGINE of settings.DATABASES)."""
