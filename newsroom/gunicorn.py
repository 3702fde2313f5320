"""Gunicorn's settings file (`gunicorn --config python:newsroom.gunicorn`): each host follows what others touch."""

import gc
from typing import Any


def post_worker_init(worker: Any) -> None:
    """In every worker, so that one takes over when another ends; before it answers anybody."""
    from newsroom.pages.here import follow

    follow()
    gc.freeze()  # what was loaded so far lives as long as the process: the collector need not look through it again
