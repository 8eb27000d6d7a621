"""What comes back from Agora, typed and tolerant: what cannot be read becomes a visible problem, never a crash."""

from .account import (
    CompanyRecord,
    ListPage,
    ProjectRecord,
    UapServiceRecord,
    read_company,
    read_list_page,
    read_project,
    read_uap_service,
)
from .bills import BillKey, DailyBillPage, DailyBillRecord, read_bill_page
from .usage import Asked, UsageAnswer, UsageRecord, read_usage
from .values import Problem, folded

__all__ = [
    "Asked",
    "BillKey",
    "CompanyRecord",
    "DailyBillPage",
    "DailyBillRecord",
    "ListPage",
    "Problem",
    "ProjectRecord",
    "UapServiceRecord",
    "UsageAnswer",
    "UsageRecord",
    "folded",
    "read_bill_page",
    "read_company",
    "read_list_page",
    "read_project",
    "read_uap_service",
    "read_usage",
]
