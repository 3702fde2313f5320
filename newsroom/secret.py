"""The trial's secret key: made once, kept in var/, never in the code."""

import os
import secrets
from pathlib import Path


def kept_in(var: Path) -> str:
    """The key kept in `var`/secret-key, made when there is none. Two processes starting at once agree on one."""
    path = var / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        var.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f"secret-key.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(mine, path)  # whoever links first wins: the key appears whole or not at all
        except FileExistsError:
            pass
        finally:
            mine.unlink()
        return path.read_text().strip()
