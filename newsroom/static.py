from functools import cache
from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Quick(Compressor):
    """Brotli at its best takes a hundred times as long as at its middle, to save a twentieth: too much at a first start."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        compressed: bytes = brotli.compress(data, quality=6)
        return compressed


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Static files named by their content, ES module imports rewritten too, so that browsers keep them for ever."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 10

    @cache  # noqa: B019  one for the process; each page asks for eight
    def url(self, name: str | None, force: bool = False) -> str:
        address: str = super().url(name, force)
        return address

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Quick(**kwargs)
