"""Static files, hashed and compressed for the web server; done again only when one of them changed."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = ".stamp"


def collect_statics() -> bool:
    """Collect them all into STATIC_ROOT; True when there was something to do."""
    wanted = fingerprint()
    stamp = settings.STATIC_ROOT / STAMP
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=settings.STATIC_ROOT.exists())
    stamp.write_text(wanted, encoding="ascii")
    return True


def fingerprint() -> str:
    """One hash over the names, sizes and times of every static file."""
    total = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            told = f"{path}\0{storage.size(path)}\0{storage.get_modified_time(path)}\0"
            total.update(told.encode())
    return total.hexdigest()
