from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Static files named by their content, ES module imports rewritten too, so that browsers keep them for ever."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 10
