"""What a page costs with a thousand, a hundred thousand and a million articles, rendered anew each time.

.venv/bin/python benchmarks/growth.py                              all three sizes; the million takes some minutes to make
.venv/bin/python benchmarks/growth.py --sizes 1000 100000          quicker
.venv/bin/python benchmarks/growth.py --keep /some/folder          keeps the databases there, and uses those that are there

Each size has a Postgres and a process of its own; the sizes take turns within every page, so that whatever else the
machine does weighs on all of them alike. “ms” is the time from the WSGI call to the last byte (in brackets: waiting for the
database), “cpu” what the application's process and Postgres's computed for it: both medians, warm. The ratio is that of
cpu, which other work on the machine does not lengthen.
Ends with status 1 if a page at the largest size costs more than its bar times what it costs at the smallest.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZES = [1_000, 100_000, 1_000_000]
BAR, COMMON_BAR = 1.5, 3.0
ROUNDS, TIMES, PUBLISHED = 12, 5, 15


class Site:
    """A child process that serves one size."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size, self.var = size, folder / str(size)
        command = [sys.executable, str(ROOT / "benchmarks" / "growth_site.py"), str(self.var), str(size)]
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SITE_URL"}}
        self.process = subprocess.Popen(
            command,
            env=environment | {"NEWSROOM_VAR": str(self.var), "NEWSROOM_DEMO": "0", "LOG_LEVEL": "ERROR"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pages: dict[str, str] = self.answer()

    def answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The site with {self.size:,} articles ended with status {self.process.wait()}.")
        return json.loads(line)

    def ask(self, **question: Any) -> Any:
        assert self.process.stdin
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return self.answer()

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


def measure(sites: list[Site], name: str, rounds: int) -> list[dict[str, Any]]:
    """For each site: the median of milliseconds in all and in the database, queries, bytes and cards."""
    collected: list[list[dict[str, Any]]] = [[] for _ in sites]
    for number in range(rounds + 1):
        for site, samples in zip(sites, collected, strict=True):
            if name == "publish":
                answers = site.ask(publish=max(1, PUBLISHED // rounds))
            else:
                answers = site.ask(get=site.pages[name], times=TIMES)
            if number:  # the first round warms up
                samples += answers
    return [
        {key: (median if key in {"ms", "db", "cpu"} else max)(each[key] for each in samples) for key in samples[0]}
        for samples in collected
    ]


def table(rows: list[tuple[str, list[dict[str, Any]]]], sizes: list[int]) -> bool:
    """Prints it; whether every bar was kept."""
    head = " | ".join(f"{size:,}: cpu, ms (database)" for size in sizes)
    print(f"| page | queries | entries | {head} | ratio | bar |")
    print(f"|---|---|---|{'---|' * len(sizes)}---|---|")
    kept = True
    for name, found in rows:
        bar = COMMON_BAR if name == "search, common word" else BAR
        ratio = found[-1]["cpu"] / found[0]["cpu"]
        kept &= ratio <= bar
        cells = " | ".join(f"{each['cpu']:.1f}, {each['ms']:.1f} ({each['db']:.1f})" for each in found)
        queries = "–".join(dict.fromkeys(str(each["queries"]) for each in found))
        entries = "/".join(dict.fromkeys(str(each["entries"]) for each in found))
        print(f"| {name} | {queries} | {entries} | {cells} | {ratio:.2f} | {bar}{'' if ratio <= bar else ' BROKEN'} |")
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="+", metavar="PAGE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsroom-growth-") as passing:
        sites = [Site(options.keep or Path(passing), size) for size in sorted(options.sizes)]
        names = [name for name in [*sites[0].pages, "publish"] if not options.only or name in options.only]
        kept = table([(name, measure(sites, name, options.rounds)) for name in names], [site.size for site in sites])
        for site in sites:
            site.close()
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
