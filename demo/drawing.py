"""From a recipe to a file. One after the other: all of them take some ten seconds, once in a site's life."""

import io

from demo import pictures
from demo.reading import Recipe

QUALITY = 85


def jpeg(recipe: Recipe) -> bytes:
    picture = pictures.draw(recipe.motif, recipe.mood) if recipe.mood else pictures.draw_portrait(recipe.motif)
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=QUALITY)
    return output.getvalue()
