"""The labels in other languages: takes the sentences marked in code and templates into locale/, and compiles them.

    .venv/bin/python bin/labels.py

What is new stands in `django.po` with an empty translation, and what nobody says any more is gone. The compiled `.mo` is
kept in the repository: a site that runs needs neither this nor gettext.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")


def main() -> None:
    from newsroom import labels

    for path in labels.catalogs():
        left = labels.renew(path)
        sys.stdout.write(f"{path.parent.parent.name}: {left} sentences without a translation.\n")


if __name__ == "__main__":
    main()
