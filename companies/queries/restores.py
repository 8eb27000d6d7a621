"""When the database was restored: what was created between the backup and then, it does not know."""

import datetime as dt

from accounts.models import AuditEntry
from companies.models import Operation, OperationKind

RESTORED = "portal.restored"


def restored_at() -> dt.datetime | None:
    """When somebody last said that this database was restored; None when nobody ever did."""
    last = AuditEntry.objects.filter(action=RESTORED).first()
    return last.at if last else None


def was_created_since(company_id: str, since: dt.datetime) -> bool:
    """Whether Agora confirmed that this company was created here after that time, so that nothing in it is older."""
    confirmed = Operation.objects.filter(kind=OperationKind.COMPANY, evidence__in=("reply", "late-reply"))
    return confirmed.filter(result_remote_id=company_id, created_at__gte=since).exists()
