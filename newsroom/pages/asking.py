"""Asks Django for a page as a reader would, without the network: for `manage.py pages`."""

from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http.response import HttpResponseBase

from newsroom.pages.files import Kept
from newsroom.pages.keeping import as_public
from newsroom.pages.showing import render_anew


class Asker:
    def __init__(self) -> None:
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def ask(self, path: str) -> HttpResponseBase:
        """The answer for a decoded path, which is kept where it may be."""
        return self.handler.get_response(question(path))

    def anew(self, path: str) -> tuple[Kept | None, int]:
        """The page as it is to be kept now, None when it may not be, and the status. Nothing is kept by this."""
        request = question(path)
        render_anew(request)
        response = self.handler.get_response(request)
        return as_public(request, response), response.status_code


def question(path: str) -> WSGIRequest:
    """By the site's own name and scheme, as if through the web server in front."""
    site = urlsplit(settings.SITE_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER and site.scheme == "https":
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return WSGIRequest(environ)
