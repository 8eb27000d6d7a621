"""The eight calls of Agora's document, in its order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlencode

from ..drafts import AnyDraft, CompanyDraft, ProjectDraft, UapServiceDraft
from ..errors import AgoraError, IdNotAddressable, OutcomeUnknown
from ..records import (
    Asked,
    CompanyRecord,
    DailyBillPage,
    ListPage,
    ProjectRecord,
    UapServiceRecord,
    UsageAnswer,
    read_bill_page,
    read_company,
    read_list_page,
    read_plain_bill_page,
    read_project,
    read_usage,
)
from ..transport import Answer, PreparedCall, Transport, read_json
from ..vocabulary import PAIRS, Business, Interval, Model
from .bills import PAGE_NUMBER, DailyBill, read_daily_bill
from .confirm import AnyRecord, confirmed
from .listing import Listing, read_listing

COMPANIES = "/v1/resellers/companies"
BILLS_READY_AFTER = timedelta(days=2)

Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class ResellerClient:
    """One reseller account at Agora. Every call may raise an `AgoraError`; ids are Agora's, as raw text.

    A create is prepared (signed), then sent: what must be remembered of it can be committed in between.
    """

    transport: Transport

    # "Create a company"

    def prepare_create_company(self, draft: CompanyDraft) -> PreparedCall:
        """Sign the call without sending it."""
        return self._prepare(COMPANIES, draft)

    def create_company(self, draft: CompanyDraft) -> CompanyRecord:
        """Prepare and send at once."""
        return cast(CompanyRecord, self.send(self.prepare_create_company(draft)))

    # "Fetch the company list"

    def list_companies(self, *, confirm: bool = False) -> Listing[CompanyRecord]:
        """All companies; with `confirm`, read until two readings in a row agree."""
        return self._list(COMPANIES, read_company, confirm=confirm)

    # "Create a project"

    def prepare_create_project(self, draft: ProjectDraft) -> PreparedCall:
        """Sign the call without sending it."""
        return self._prepare(_path(draft.company_id, "projects"), draft)

    def create_project(self, draft: ProjectDraft) -> ProjectRecord:
        """Prepare and send at once."""
        return cast(ProjectRecord, self.send(self.prepare_create_project(draft)))

    # "Fetch the project list"

    def list_projects(self, company_id: str, *, confirm: bool = False) -> Listing[ProjectRecord]:
        """All projects of a company, of any status; with `confirm`, read until two readings in a row agree."""
        return self._list(_path(company_id, "projects"), read_project, confirm=confirm)

    # "Enable UAP self-service"

    def prepare_enable_uap_service(self, draft: UapServiceDraft) -> PreparedCall:
        """Sign the call without sending it."""
        return self._prepare(_path(draft.company_id, "projects", draft.project_id, "uap"), draft)

    def enable_uap_service(self, draft: UapServiceDraft) -> UapServiceRecord:
        """Prepare and send at once."""
        return cast(UapServiceRecord, self.send(self.prepare_enable_uap_service(draft)))

    def send(self, prepared: PreparedCall, *, not_after_monotonic: float | None = None) -> AnyRecord:
        """Send a prepared create once and give what its answer confirms.

        `TooLate` when the first byte is not written by `not_after_monotonic` (20 s after signing unless
        given); `OutcomeUnknown` when a 2xx answer does not confirm what was sent.
        """
        draft = prepared.draft
        if draft is None:
            raise ValueError("This call creates nothing.")
        answer = self.transport.send(prepared, not_after_monotonic=not_after_monotonic)
        return _read(answer, lambda data: confirmed(draft, data))

    # "Fetch the company usage"

    def company_usage(
        self, company_id: str, business: Business, model: Model, since: date, until: date, interval: Interval
    ) -> UsageAnswer:
        """Figures of a company between two UTC days, both included; ValueError for a pair nobody measures."""
        return self._usage(_path(company_id, "usage"), business, model, since, until, interval)

    # "Fetch the project usage"

    def project_usage(
        self,
        company_id: str,
        project_id: str,
        business: Business,
        model: Model,
        since: date,
        until: date,
        interval: Interval,
    ) -> UsageAnswer:
        """Figures of a project between two UTC days, both included; ValueError for a pair nobody measures."""
        path = _path(company_id, "projects", project_id, "usage")
        return self._usage(path, business, model, since, until, interval)

    # "Fetch the daily bill"

    def daily_bill_page(self, period: date, page_number: int) -> DailyBillPage:
        """One page of a UTC day's bill; ValueError for a day later than UTC today - 2."""
        return self._bill_page(period, page_number, PAGE_NUMBER)

    def daily_bills(self, period: date) -> DailyBill:
        """A UTC day's bill, all pages; ValueError for a day later than UTC today - 2."""
        return read_daily_bill(lambda number, spelling: self._bill_page(period, number, spelling), period)

    def _prepare(self, path: str, draft: AnyDraft) -> PreparedCall:
        self.transport.prove_key()
        return self.transport.prepare("POST", path, draft=draft)

    def _list(self, path: str, read_row: Callable[[Any], Any], *, confirm: bool) -> Listing[Any]:
        def fetch(limit: int, offset: int) -> ListPage[Any]:
            return self._get(path, {"limit": limit, "offset": offset}, lambda data: read_list_page(data, read_row))

        return read_listing(fetch, confirm=confirm)

    def _usage(
        self, path: str, business: Business, model: Model, since: date, until: date, interval: Interval
    ) -> UsageAnswer:
        pair = (Business(business), Model(model))
        if pair not in PAIRS or since > until:
            raise ValueError("This business and model, or these days, cannot be asked for.")
        asked = Asked(business=pair[0], model=pair[1], since=since, until=until, interval=Interval(interval))
        query = {
            "model": asked.model,
            "business": asked.business,
            "fromTs": _timestamp(since),
            "endTs": _timestamp(until + timedelta(days=1)) - 1,
            "interval": asked.interval,
        }
        return self._get(path, query, lambda data: read_usage(data, asked))

    def _bill_page(self, period: date, page_number: int, spelling: str) -> DailyBillPage:
        if period > self.transport.clock().astimezone(UTC).date() - BILLS_READY_AFTER:
            raise ValueError("Agora publishes the bill of a UTC day two days later.")
        query = {"period": f"{period:%Y%m%d}", spelling: page_number}
        return self._get(f"{COMPANIES}/daily-bills", query, read_bill_page, _plain_page_or_json)

    def _get(
        self,
        path: str,
        query: dict[str, Any],
        reader: Callable[[Any], Read],
        decode: Callable[[bytes], Any] = read_json,
    ) -> Read:
        """Read and understand; an answer that is odd is kept, and so is every page of a bill."""
        answer = self.transport.get(f"{path}?{urlencode(query)}", decode)
        try:
            found = _read(answer, reader)
        except AgoraError:
            self.transport.keep(answer.raw)
            raise
        if isinstance(found, DailyBillPage) or getattr(found, "problems", None):
            self.transport.keep(answer.raw)
        return found


def _read(answer: Answer, reader: Callable[[Any], Read]) -> Read:
    """What an answer holds; `OutcomeUnknown` when it does not hold what the document promises."""
    try:
        return reader(answer.data)
    except ValueError as error:
        reason = str(error)
    except RecursionError:
        reason = "the answer is nested too deeply"
    raise OutcomeUnknown(reason, status=answer.status, request_id=answer.request_id)


def _plain_page_or_json(body: bytes) -> Any:
    """A bill's page at once where it can be had so, else its JSON; ValueError when it is none."""
    return read_plain_bill_page(body) or read_json(body)


def _path(*parts: str) -> str:
    """A path below the companies, each id one segment; IdNotAddressable when a path cannot carry it."""
    if any(part in ("", ".", "..") for part in parts):
        raise IdNotAddressable
    return "/".join([COMPANIES, *(quote(part, safe="") for part in parts)])


def _timestamp(day: date) -> int:
    """Seconds since 1970 at the start of a UTC day."""
    return int(datetime.combine(day, time.min, UTC).timestamp())
