from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom import nginx


class Command(BaseCommand):
    help = "Write the parts of nginx's configuration that follow from this site's settings (see deploy/nginx.conf)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where deploy/nginx.conf includes them from: /etc/nginx/newsroom")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            changed = [name for name, content in nginx.parts().items() if written(folder / name, content)]
        except nginx.CannotBeSaid as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or folder} could not be written: {error.strerror}.") from error
        if changed:
            self.stdout.write(f"Written to {folder}: {', '.join(changed)}. Now let nginx read them: nginx -t && nginx -s reload")
        else:
            self.stdout.write(f"Everything in {folder} is as it should be.")


def written(file: Path, content: str) -> bool:
    """True when the file was another one."""
    if file.is_file() and file.read_text() == content:
        return False
    new = file.with_name(file.name + ".new")
    new.write_text(content)
    new.replace(file)
    return True
