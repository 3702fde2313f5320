"""Gunicorn's settings file (`gunicorn --config python:newsroom.gunicorn`): each host follows what others touch."""

from typing import Any


def post_worker_init(worker: Any) -> None:
    """In every worker, so that one takes over when another ends; before it answers anybody."""
    from newsroom.pages.here import follow

    follow()
