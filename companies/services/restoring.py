"""What follows when the database was restored or copied: nothing is sent until people have looked."""

import datetime as dt
import logging
from typing import Any

from accounts.services import store_audit_entry
from companies.models import Operation, OperationState
from companies.models.operations import OPEN
from companies.queries.restores import RESTORED
from companies.services import checklists, refresh
from companies.services.imports import running as imports
from companies.services.moves import amend, move
from companies.timing import times
from polling.services.connection import join_instance, skew

logger = logging.getLogger(__name__)


def after_restore(*, now: dt.datetime) -> int:
    """Hand every open operation to people and let this instance work with the database; gives how many there were.

    The database may have forgotten what was sent: each of them is looked for in Agora's lists, and only
    once it has settled from now on may a person have it sent. What is asked for from now on is looked for
    before it is sent, until its list was read. Doing this twice only prolongs the wait.
    """
    settles_at = now + times().settles_after(skew())
    handed = 0
    for operation in Operation.objects.filter(state__in=OPEN):
        columns: dict[str, Any] = {
            "settles_at": settles_at,
            "settled_at": None,
            "next_action_at": now,
            "reason": "restored",
        }
        if operation.state == OperationState.REVIEW:
            handed += amend(operation, **columns)
        else:
            handed += move(operation, OperationState.REVIEW, now=now, **columns)
    checklists.hold_after_restore(now=now)
    imports.hold_after_restore()
    refresh.ask_lists_soon(now)
    store_audit_entry(action=RESTORED, by=None, detail={"operations": handed})
    join_instance()
    logger.warning("After a restore %d open operations wait for a person.", handed)
    return handed
