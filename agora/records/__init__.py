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
from .bills import DailyBillPage, DailyBillRecord, PackedLine, digest, read_bill_page, unpack
from .plain_bills import read_plain_bill_page
from .usage import Asked, UsageAnswer, UsageRecord, read_usage
from .values import Problem, folded

__all__ = [
    "Asked",
    "CompanyRecord",
    "DailyBillPage",
    "DailyBillRecord",
    "ListPage",
    "PackedLine",
    "Problem",
    "ProjectRecord",
    "UapServiceRecord",
    "UsageAnswer",
    "UsageRecord",
    "digest",
    "folded",
    "read_bill_page",
    "read_company",
    "read_list_page",
    "read_plain_bill_page",
    "read_project",
    "read_uap_service",
    "read_usage",
    "unpack",
]
