"""Keys of tags and views whose key was another one: signs such as ™ and ℃ stand for capital letters."""

import unicodedata
from typing import Any

from django.db import migrations


def key_of(name: str) -> str:
    """The key as this release makes it."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def renew_keys(apps: Any, _editor: Any) -> None:
    """Where another row has the new key already, both stay as they are."""
    for table in ("Tag", "SavedView"):
        rows = apps.get_model("companies", table).objects
        for pk, name, key in rows.values_list("pk", "name", "key"):
            renewed = key_of(name)
            if key != renewed and not rows.filter(key=renewed).exists():
                rows.filter(pk=pk).update(key=renewed)


class Migration(migrations.Migration):
    dependencies = [("companies", "0009_what_became_of_care")]

    operations = [migrations.RunPython(renew_keys, migrations.RunPython.noop)]
