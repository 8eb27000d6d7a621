"""One database mirrors one server: every process that is started against another one refuses to run."""

import sys

from django.db import connections
from django.utils.module_loading import import_string

# gunicorn takes this exit code for "do not start me again", and so does the rest of the portal.
REFUSED = 3


def refuse_other_server() -> None:
    """End this process with a sentence when its database mirrors another server than AGORA_BASE_URL's.

    Called while a process starts, before it forks: that is why no connection stays open, and why
    the ledger's code, which needs Django to be ready, is looked up by name.
    """
    other_server = import_string("polling.services.connection.OtherServer")
    claim_origin = import_string("polling.services.connection.claim_origin")
    try:
        claim_origin()
    except other_server as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(REFUSED) from None
    finally:
        connections.close_all()
