from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from articles import fronting, lateness
        from articles.tagging import merging
        from newsroom import watching

        watching.LOOKS.append(lateness.look)
        merging.connect(fronting.follow)
