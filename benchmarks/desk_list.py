"""What the desk's list of articles costs with a thousand and with a million of them, in one run.

.venv/bin/python benchmarks/desk_list.py                           both sizes; the million takes some minutes to make
.venv/bin/python benchmarks/desk_list.py --sizes 1000 200000       quicker
.venv/bin/python benchmarks/desk_list.py --keep /some/folder       keeps the databases there, and uses those that are there

Measured as benchmarks/growth.py measures: each size has a Postgres and a process of its own, and the sizes take turns within
every page. “ms” is what an editor waits for the server, in brackets for the database alone; medians, warm.
Ends with status 1 if a page at the largest size takes more than twice the time that it takes at the smallest.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from growth import Site, measure  # noqa: E402  the project's folder must be on the path first

from demo.bulk import words  # noqa: E402

SIZES = [1_000, 1_000_000]
BAR = 2.0
LIST = "/admin/articles/article/"


def addresses(size: int) -> dict[str, str]:
    """Of the bulk content: primary keys are numbers plus one, and so are those of the sections."""
    tag, author = words.THINGS[0].capitalize(), f"{words.PEOPLE[0]} {words.name(900_000)}"
    rare = words.name(size // 2 // 12)
    asked = {
        "the list": {},
        "second page": {"after": f"[{size - 49}]"},
        "halfway down": {"after": f"[{size // 2}]"},
        "by publication": {"o": "-5"},
        "one section": {"section__id__exact": 1},
        "one section, halfway": {"section__id__exact": 1, "after": f"[{size // 2}]"},
        "one tag": {"tag": tag},
        "one tag, halfway": {"tag": tag, "after": f"[{size // 2}]"},
        "one author": {"author": author},
        "section and tag": {"section__id__exact": 1, "tag": words.THINGS[1].capitalize()},
        "state": {"status__exact": "published"},
        "a language nobody wrote": {"language__exact": "es"},
        "days of publication": {"from": "1996-01-01", "until": "1996-01-07"},
        "search, rare word": {"q": rare},
        "search, common word": {"q": "school"},
        "search in a section": {"q": "school", "section__id__exact": 1},
    }
    return {name: f"{LIST}?{urlencode(words)}" for name, words in asked.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="+", metavar="PAGE")
    options = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory(prefix="newsroom-desk-list-") as passing:
        sites = [Site(options.keep or Path(passing), size) for size in sorted(options.sizes)]
        for site in sites:
            site.pages = addresses(site.size)
        print(f"| list | queries | rows | {' | '.join(f'{site.size:,}: ms (database)' for site in sites)} | ratio |")
        print(f"|---|---|---|{'---|' * len(sites)}---|")
        for name in [name for name in sites[0].pages if not options.only or name in options.only]:
            found = measure(sites, name, options.rounds)
            ratio = found[-1]["ms"] / found[0]["ms"]
            kept &= ratio <= BAR
            cells = " | ".join(f"{each['ms']:.1f} ({each['db']:.1f})" for each in found)
            numbers = " | ".join("/".join(dict.fromkeys(str(each[key]) for each in found)) for key in ("queries", "entries"))
            print(f"| {name} | {numbers} | {cells} | {ratio:.2f}{'' if ratio <= BAR else ' BROKEN'} |", flush=True)
        for site in sites:
            site.close()
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
