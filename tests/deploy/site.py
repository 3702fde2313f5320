"""A whole site as in production: gunicorn, and the real nginx in front of it with deploy/nginx.conf, by HTTPS."""

import datetime
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path("/etc/nginx/modules-enabled")
CDN_SECRET = "asked-by-the-cdn-of-these-tests"
NGINX = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
include {modules}/*.conf;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/newsroom.conf;
}}
"""
# What a server says of itself and of the connection, not of the page.
OF_THE_SERVER = {"date", "server", "connection", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        return dict(self.headers).get(name)


@dataclass(frozen=True)
class Site:
    var: Path
    nginx: int  # port
    gunicorn: int  # port
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return f"https://localhost:{self.nginx}"

    def by_nginx(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        context = ssl._create_unverified_context()
        return ask(
            http.client.HTTPSConnection("localhost", self.nginx, context=context, timeout=20), self, path, method, body, headers
        )

    def by_gunicorn(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        told = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "127.0.0.1"} | headers
        return ask(http.client.HTTPConnection("127.0.0.1", self.gunicorn, timeout=20), self, path, method, body, told)

    def files_read_by_nginx(self) -> str:
        return (self.var / "nginx" / "error.log").read_text()


def ask(
    connection: http.client.HTTPConnection, site: Site, path: str, method: str, body: bytes, headers: dict[str, str]
) -> Answer:
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": f"localhost:{site.nginx}", **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        found = connection.getresponse()
        told = sorted((name.lower(), value) for name, value in found.getheaders() if name.lower() not in OF_THE_SERVER)
        return Answer(found.status, told, found.read())
    finally:
        connection.close()


def is_installed() -> bool:
    return shutil.which("nginx") is not None and any("brotli" in file.name for file in MODULES.glob("*.conf"))


@contextmanager
def running(folder: Path, database: str) -> Iterator[Site]:
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for each in (one, two, three):
            each.bind(("127.0.0.1", 0))
        ports = [each.getsockname()[1] for each in (one, two, three)]
    site = Site(folder, ports[0], ports[1], environment(folder, ports[0], database))
    nginx = folder / "nginx"
    for words in (["migrate"], ["collectstatic", "--noinput"], ["nginx", str(nginx / "newsroom")]):
        python(site, "manage.py", *words)
    python(site, "-m", "tests.deploy.content")
    configure(site, nginx, plain_port=ports[2])
    with ExitStack() as stack:
        words = ["--bind", f"127.0.0.1:{site.gunicorn}", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
        words += ["--config", "python:newsroom.gunicorn", "--no-control-socket", "newsroom.wsgi"]
        stack.enter_context(process([sys.executable, "-m", "gunicorn", *words], site.gunicorn, env=site.environment))
        stack.enter_context(process(["nginx", "-c", str(nginx / "nginx.conf"), "-e", str(nginx / "error.log")], site.nginx))
        yield site


def environment(folder: Path, port: int, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "NEWSROOM_VAR": str(folder),
        "DATABASE_URL": database,
        "SECRET_KEY": "only-for-these-tests-Zk3vTq81LwXyB0rN5uHcE7sJ2mPdF9aG4oQ6",
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": f"https://localhost:{port}",
        "TRUSTED_PROXIES": "1",
        "CDN_PURGE_URL": "http://127.0.0.1:9/",  # discard: nobody listens
        "CDN_SECRET": CDN_SECRET,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def python(site: Site, *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=site.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def configure(site: Site, folder: Path, *, plain_port: int) -> None:
    """deploy/nginx.conf as an administrator would change it: names, ports, certificate. Everything else is as it stands."""
    make_certificate(folder)
    said = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{site.gunicorn};",
        "    listen [::]:80;\n": "",
        "    listen [::]:80 default_server;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "    listen [::]:443 ssl http2 default_server;\n": "",
        "listen 80": f"listen 127.0.0.1:{plain_port}",
        "listen 443": f"listen 127.0.0.1:{site.nginx}",
        "server_name news.example.org;": "server_name localhost;",
        "/etc/letsencrypt/live/news.example.org": str(folder),
        "/var/log/nginx/newsroom.log newsroom buffer=64k flush=5s;": f"{folder}/access.log newsroom;",
    }.items():
        assert old in said, f"deploy/nginx.conf does not say “{old}” any more"
        said = said.replace(old, new)
    (folder / "newsroom.conf").write_text(said)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, modules=MODULES, user=user))


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


@contextmanager
def process(command: list[str], port: int, *, env: dict[str, str] | None = None) -> Iterator[None]:
    """Run until it listens; end it and wait for its end."""
    started = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not listens(port):
            assert started.poll() is None, f"{command[0]} ended with status {started.returncode}"
            assert time.monotonic() < deadline, f"{command[0]} does not listen"
            time.sleep(0.1)
        yield
    finally:
        started.terminate()
        started.wait(30)


def listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0
