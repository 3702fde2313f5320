"""Caches in front of us that know pages by names: a CDN, Varnish. What a page is called there, and how they are told."""
