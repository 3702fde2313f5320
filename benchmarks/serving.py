"""How fast kept pages are served, beside two ceilings measured in the same run.

    python benchmarks/serving.py [--articles 1000] [--seconds 3] [--rounds 5] [--coding br] [--connections 32]

Starts the whole system in a folder of its own (Postgres, gunicorn, nginx with deploy/nginx.conf), fills it with content,
and drives it with wrk over loopback. The ceilings: nginx with the same bytes, headers included, as plain static files; and
gunicorn, with the same workers and threads, with an application that does nothing but return the same bytes and headers.
Rounds of all are interleaved and medians taken, for the machine has other work too. Needs nginx, its module for
brotli, and wrk (Debian: apt-get install nginx-light libnginx-mod-http-brotli-static wrk). Standard output: tables.
"""

import argparse
import http.client
import json
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsroom import postgres  # noqa: E402

BARS = {"nginx": 0.95, "gunicorn": 0.6}
GUNICORN = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "warning", "--no-control-socket"]
NGINX = """
daemon off; {user} worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;
include /etc/nginx/modules-enabled/*.conf;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; access_log off;
    {rest}
}}
"""
PLAIN = """
    types {{ text/html html; application/rss+xml rss; }}
    {how}
    server {{ listen 127.0.0.1:{port}; server_tokens off; location / {{ root {root}; {headers} }} }}
"""
DEBIAN = "sendfile on; tcp_nopush on;"  # as its nginx.conf has it
LIKE_OURS = "sendfile off; output_buffers 2 128k;"
TRIVIAL = """
import json, pathlib
PAGES = {page["path"]: ([tuple(header) for header in page["headers"]], [pathlib.Path(page["file"]).read_bytes()])
         for page in json.loads(pathlib.Path(%r).read_text())}

def application(environ, start_response):
    headers, body = PAGES[environ["PATH_INFO"]]
    start_response("200 OK", headers)
    return body
"""
OF_THE_SERVER = {"date", "server", "connection", "keep-alive", "transfer-encoding"}


type Counts = dict[str, int]


@dataclass
class Run:
    per_second: float
    p50: float  # milliseconds
    p99: float
    cpu: float  # microseconds of the server's processes a request
    all: float  # and of wrk


@dataclass
class Server:
    name: str
    port: int
    process: int
    runs: dict[str, list[Run]] = field(default_factory=dict)

    def median(self, page: str, what: str) -> float:
        return statistics.median(getattr(run, what) for run in self.runs[page])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--coding", choices=["br", "gzip", "identity"], default="br")
    options = parser.parse_args()
    for program in ("nginx", "wrk"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: apt-get install nginx-light libnginx-mod-http-brotli-static wrk")
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder, ExitStack() as stack:
        os.chmod(folder, 0o755)
        measure(Path(folder), stack, options)


def measure(var: Path, stack: ExitStack, options: argparse.Namespace) -> None:
    ports = free_ports(6)
    environment = prepare(var, ports[0], options.articles)
    ours = stack.enter_context(gunicorn(ports[1], "newsroom.wsgi", environment, "--config", "python:newsroom.gunicorn"))
    without = environment | {"PAGES_KEPT": "0"}
    anew = stack.enter_context(gunicorn(ports[4], "newsroom.wsgi", without))
    front = stack.enter_context(nginx(var / "front", our_nginx(var / "front", ports[1], ports[0], environment)))
    pages = {name: fetched(path, ports[0], ports[1], options.coding, var) for name, path in addresses(ports[1]).items()}
    said = (var / "front" / "newsroom" / "pages.conf").read_text()
    headers = " ".join(line for line in said.splitlines() if line.startswith("add_header"))
    root = var / "plain" / "root"
    static = stack.enter_context(nginx(var / "plain", PLAIN.format(port=ports[2], root=root, headers=headers, how=DEBIAN)))
    tuned = stack.enter_context(nginx(var / "tuned", PLAIN.format(port=ports[5], root=root, headers=headers, how=LIKE_OURS)))
    (var / "pages.json").write_text(json.dumps(list(pages.values())))
    (var / "trivial.py").write_text(TRIVIAL % str(var / "pages.json"))
    trivial = stack.enter_context(gunicorn(ports[3], "trivial", environment, "--pythonpath", str(var)))
    servers = {
        "nginx": Server("nginx, deploy/nginx.conf", ports[0], front),
        "static": Server("ceiling: nginx as Debian sets it up, plain files", ports[2], static),
        "tuned": Server("the same with `sendfile off`, as ours has it", ports[5], tuned),
        "gunicorn": Server("gunicorn alone", ports[1], ours),
        "trivial": Server("ceiling: gunicorn, trivial application", ports[3], trivial),
        "anew": Server("gunicorn, every page rendered anew", ports[4], anew),
    }
    before = transactions(environment["DATABASE_URL"])
    drive({name: server for name, server in servers.items() if name != "anew"}, pages, options, rounds=options.rounds)
    during = transactions(environment["DATABASE_URL"]) - before
    drive({"anew": servers["anew"]}, pages, options, rounds=1)
    tell(servers, pages, options, during, queries(pages, without))


def prepare(var: Path, port: int, articles: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment = kept | {
        "NEWSROOM_VAR": str(var),
        "DATABASE_URL": postgres.ensure_running(var, throwaway=True),
        "SECRET_KEY": "only-for-this-benchmark-Zk3vTq81LwXyB0rN5uHcE7sJ2mPdF9aG4oQ6",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "INSECURE_LOCAL": "1",
        "TRUSTED_PROXIES": "1",
    }
    content = ["benchmark_content", "--articles", str(articles)]
    if not (ROOT / "demo/management/commands/benchmark_content.py").exists():
        content = ["demo"]
    for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], content, ["nginx", str(var / "front" / "newsroom")]):
        say(f"manage.py {' '.join(words)}")
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    return environment


def our_nginx(folder: Path, upstream: int, port: int, environment: dict[str, str]) -> str:
    """deploy/nginx.conf by plain HTTP: what is compared with it speaks no TLS either."""
    said = (ROOT / "deploy" / "nginx.conf").read_text().replace("server 127.0.0.1:8000;", f"server 127.0.0.1:{upstream};")
    maps, *servers = re.split(r"(?m)^server \{", said)
    site = re.sub(r"(?m)^ *(ssl_|listen |access_log ).*\n", "", "server {" + servers[-1])
    site = site.replace("server_name news.example.org;", f"listen 127.0.0.1:{port};")
    (folder / "newsroom.conf").write_text(maps + site)
    return f"include {folder}/newsroom.conf;"


def addresses(port: int) -> dict[str, str]:
    """One page of each kind."""
    feed = json.loads(get(port, "/feeds/latest.json")[1])
    article = feed["items"][0]["url"].partition("//")[2].partition("/")[2]
    tag = re.findall(r'href="(/tags/[^"/]+/)"', get(port, "/tags/")[1].decode())[0]
    return {"front page": "/", "article": f"/{article}", "tag page": tag, "feed": "/feeds/latest.rss"}


def fetched(path: str, front: int, port: int, coding: str, var: Path) -> dict[str, object]:
    """The page as it is served, laid out for the ceilings. All of ours must give the same."""
    get(port, path, coding)  # made now, and kept
    headers, body = get(port, path, coding)
    assert "ETag" in dict(headers), f"{path} is not kept"
    assert (sorted(headers), body) == (lambda told: (sorted(told[0]), told[1]))(get(front, path, coding)), f"{path} differs"
    file = var / "plain" / "root" / (path[1:] + "index.html" if path.endswith("/") else path[1:])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return {"path": path, "headers": headers, "file": str(file), "bytes": len(body)}


def get(port: int, path: str, coding: str = "identity") -> tuple[list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": coding})
        answer = connection.getresponse()
        assert answer.status == 200, f"{path} answers {answer.status}"
        return [header for header in answer.getheaders() if header[0].lower() not in OF_THE_SERVER], answer.read()
    finally:
        connection.close()


def drive(servers: dict[str, Server], pages: dict[str, dict[str, object]], options: argparse.Namespace, *, rounds: int) -> None:
    for page, facts in pages.items():
        for n in range(-1, rounds):  # the first, short one warms up and is not counted
            for name, server in servers.items():
                say(f"{page}: {name}, round {n + 1} of {rounds}")
                seconds = 3 if name == "anew" else 1 if n < 0 else options.seconds
                run = wrk(server, str(facts["path"]), seconds, options)
                if n >= 0:
                    server.runs.setdefault(page, []).append(run)


def wrk(server: Server, path: str, seconds: int, options: argparse.Namespace) -> Run:
    words = ["wrk", "-t1", f"-c{options.connections}", f"-d{seconds}s", "--latency", "-H", f"Accept-Encoding: {options.coding}"]
    before, driving = cpu(server.process), own_children()
    said = subprocess.run([*words, f"http://127.0.0.1:{server.port}{path}"], capture_output=True, text=True, check=True).stdout
    used, driven = cpu(server.process) - before, own_children() - driving
    assert "Non-2xx" not in said, said
    count = max(1, int(re.search(r"(\d+) requests in", said)[1]))  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    return Run(rate, latency(said, 50), latency(said, 99), used / count * 1_000_000, (used + driven) / count * 1_000_000)


def latency(said: str, share: int) -> float:
    number, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def cpu(process: int) -> float:
    """Seconds of a process and its children so far."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ticks = 0
    for each in [str(process), *children]:
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def own_children() -> float:
    """Seconds of the programs that we ran to their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def transactions(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        counted = "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database WHERE datname = current_database()"
        return int(connection.execute(counted).fetchone()[0])  # type: ignore[index]


def queries(pages: dict[str, dict[str, object]], environment: dict[str, str]) -> dict[str, int]:
    """How many a page needs when it is rendered."""
    asked = {name: facts["path"] for name, facts in pages.items()}
    code = """
import django, json, sys
django.setup()
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
found = {}
for name, path in json.loads(sys.argv[1]).items():
    Client().get(path, headers={"host": "127.0.0.1"})
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(path, headers={"host": "127.0.0.1"}).status_code == 200
    found[name] = len(captured)
print(json.dumps(found))
"""
    words = [sys.executable, "-c", code, json.dumps(asked)]
    environment = environment | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    found: dict[str, int] = json.loads(subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True).stdout)
    return found


def tell(
    servers: dict[str, Server],
    pages: dict[str, dict[str, object]],
    options: argparse.Namespace,
    during: int,
    rendered: dict[str, int],
) -> None:
    print(f"Accept-Encoding: {options.coding}; {options.connections} connections; medians of {options.rounds} rounds of", end=" ")
    print(f"{options.seconds} s; {os.cpu_count()} cores for all processes, wrk included.\n")
    for page, facts in pages.items():
        print(f"**{page}** ({facts['bytes']:,} bytes; {rendered[page]} queries when it is rendered)\n")
        print("| | requests/s | p50 ms | p99 ms | CPU µs a request |\n|---|---:|---:|---:|---:|")
        for server in servers.values():
            rate, p50, p99, used = (server.median(page, what) for what in ("per_second", "p50", "p99", "cpu"))
            print(f"| {server.name} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {used:,.0f} |")
        print()
    for ours, ceiling in (("nginx", "static"), ("nginx", "tuned"), ("gunicorn", "trivial")):
        bar = f", bar {BARS[ours]}" if ceiling != "tuned" else ""
        print(f"{servers[ours].name} : {servers[ceiling].name}{bar}")
        for page in pages:
            pairs = zip(servers[ours].runs[page], servers[ceiling].runs[page], strict=True)
            each = [one.per_second / other.per_second for one, other in pairs]
            by_cpu = servers[ceiling].median(page, "all") / servers[ours].median(page, "all")
            told = f"{statistics.median(each):.2f} (rounds {min(each):.2f} to {max(each):.2f})"
            print(f"- {page}: {told}; by CPU time {by_cpu:.2f}")
        print()
    print("By CPU time: of all processes, wrk included, for one request. Other work on the machine does not count in it.")
    print(f"Database transactions while kept pages were served: {during} (each host looks every few seconds for what it missed).")


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def gunicorn(port: int, application: str, environment: dict[str, str], *more: str) -> Iterator[int]:
    words = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *GUNICORN, *more, application]
    with process(words, environment) as number:
        while not answers(port):
            time.sleep(0.2)
        time.sleep(2)  # both workers
        yield number


@contextmanager
def nginx(folder: Path, rest: str) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, rest=rest, user=user))
    with process(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], dict(os.environ)) as number:
        time.sleep(1)
        yield number


@contextmanager
def process(words: list[str], environment: dict[str, str]) -> Iterator[int]:
    started = subprocess.Popen(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    try:
        yield started.pid
        assert started.poll() is None, f"{words[0]} ended by itself"
    finally:
        started.terminate()
        started.wait(30)


def answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
