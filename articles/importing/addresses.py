"""Addresses of the former site: which belong to it, and the paths under which readers may still ask for a page."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from articles.importing.records import Item, Site
from articles.importing.writable import unquoted, writable

PLAIN = re.compile(r"https?://([A-Za-z0-9.-]+)(/[^?#\s]*)?(?:\?([^#\s]*))?(?:#\S*)?")
LONGEST = 800  # FormerAddress.path


def host_of(address: str) -> str:
    try:
        return (urlsplit(address.strip()).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@dataclass
class FormerSite:
    hosts: set[str]
    base: str  # the path below which the site lived, without a slash at its end: "" or "/news"
    address: str  # what relative addresses are relative to

    @classmethod
    def of(cls, site: Site, item: Item | None = None) -> "FormerSite":
        """From what the file says of its site; where it says nothing, from its first item."""
        given = [address for address in (site.base_blog_url, site.link, site.base_site_url) if host_of(address)]
        if not given and item:
            given = [f"{urlsplit(each).scheme}://{urlsplit(each).netloc}/" for each in (item.link, item.guid) if host_of(each)]
        address = given[0].strip() if given else ""
        base = unquoted(urlsplit(address).path).rstrip("/") if address else ""
        return cls({host_of(each) for each in given}, base, address.rstrip("/") + "/" if address else "")

    def name(self, site: Site, file: str) -> str:
        """What imports from this site are remembered under. Addresses that many test sites share need the title too."""
        host = host_of(self.address)
        if "." in host and not host.replace(".", "").isdigit():
            return (host + self.base)[:200]
        return " ".join(filter(None, [host + self.base, site.title or file]))[:200]

    def path(self, address: str) -> str:
        """The path and query of an address on this site, decoded; nothing for another site's."""
        if plain := PLAIN.fullmatch(address):  # nearly all: four times as fast as urlsplit
            host, path, query = plain[1].lower(), plain[2] or "/", plain[3] or ""
        else:
            try:
                parts = urlsplit(address.strip())
                host, path, query = parts.hostname or "", parts.path, parts.query
            except ValueError:  # “http://[broken”
                return ""
            if parts.scheme not in {"http", "https", ""} or (not parts.netloc and not path.startswith("/")):
                return ""
        if host and host.removeprefix("www.") not in self.hosts:
            return ""
        path = f"/{unquoted(path).lstrip('/')}"
        return path + (f"?{writable(unquote_plus(query))}" if query else "")

    def former_paths(self, item: Item) -> list[str]:
        """Where readers found a post or page: its permalink, those under its old slugs, and the short ones."""
        link = self.path(item.link)
        found = [link] if link and link.rstrip("/") != self.base else []
        if found and "?" not in link and item.slug:
            stem, slug = link.rstrip("/").rpartition("/")[::2]
            ending = "/" if link.endswith("/") else ""
            if slug == unquoted(item.slug):
                found += [f"{stem}/{unquoted(old)}{ending}" for old in item.meta.get("_wp_old_slug", []) if old.strip()]
        if item.id.isdecimal():
            short = "page_id" if item.type == "page" else "p"
            found += [f"{self.base}/?{short}={item.id}"]
        guid = self.path(item.guid)
        if "?" in guid:
            found.append(guid)
        return [path for path in dict.fromkeys(found) if 1 < len(path) <= LONGEST]
