from django.apps import AppConfig


class DigestConfig(AppConfig):
    name = "digest"
    verbose_name = "Daily digest"

    def ready(self) -> None:
        from digest import checks  # noqa: F401  registers them
