from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from articles import lateness
        from newsroom import watching

        watching.LOOKS.append(lateness.look)
