from django.apps import AppConfig


class DigestConfig(AppConfig):
    name = "digest"
    verbose_name = "Daily digest"

    def ready(self) -> None:
        from campaigns.portrait import ELSEWHERE
        from digest import (
            checks,  # noqa: F401  registers them
            portrait,
        )

        ELSEWHERE["digest"] = portrait.known_of
