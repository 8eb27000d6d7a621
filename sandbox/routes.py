"""The eight calls of the API: which paths there are, and what each answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from agora.vocabulary import Interval
from sandbox import rules
from sandbox.bills import Bills, Line
from sandbox.companies import Company, Project, UapService
from sandbox.exchange import Refusal, Reply, Request, json_reply
from sandbox.options import Options
from sandbox.shapes import company_row, has_more, page_size, usage_answer
from sandbox.usage import Usage
from sandbox.world import EmailUsed, LimitReached, World

_ROOT = "/v1/resellers/companies"
_COMPANY = rf"{_ROOT}/(?P<company>[^/]+)"
_PROJECT = rf"{_COMPANY}/projects/(?P<project>[^/]+)"
Ids = Mapping[str, str]
Answer = Callable[[Request, Ids], Reply]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A call that exists: what answers it, and the ids in its path, decoded."""

    name: str
    answer: Answer
    ids: Ids


class Routes:
    """Finds the call for a method and path, and answers it from the world."""

    def __init__(self, *, options: Options, world: World, usage: Usage, bills: Bills) -> None:
        self._options = options
        self._dress = options.dress
        self._world = world
        self._usage = usage
        self._bills = bills
        table: tuple[tuple[str, str, Answer], ...] = (
            ("POST", _ROOT, self.create_company),
            ("GET", _ROOT, self.company_list),
            ("GET", rf"{_ROOT}/daily-bills", self.daily_bill),
            ("POST", rf"{_COMPANY}/projects", self.create_project),
            ("GET", rf"{_COMPANY}/projects", self.project_list),
            ("POST", rf"{_PROJECT}/uap", self.enable_uap_service),
            ("GET", rf"{_COMPANY}/usage", self.company_usage),
            ("GET", rf"{_PROJECT}/usage", self.project_usage),
        )
        self._table = [(method, re.compile(pattern), answer) for method, pattern, answer in table]

    def find(self, method: str, path: str) -> Route | None:
        """The call that a method and a still encoded path name; None when no route matches."""
        for known, pattern, answer in self._table:
            match = pattern.fullmatch(path) if known == method else None
            if match:
                ids = {name: unquote(part) for name, part in match.groupdict().items()}
                return Route(name=answer.__name__, answer=answer, ids=ids)
        return None

    # --- Companies ---------------------------------------------------------------------------------------

    def create_company(self, request: Request, _ids: Ids) -> Reply:
        """Answer "Create a company"."""
        body = rules.company_body(request)
        try:
            company = self._world.create_company(lambda new_id, place: _new_company(new_id, place, body))
        except EmailUsed:
            raise rules.refuse("email already used") from None
        row = company_row(company.row(), self._dress)
        return json_reply(self._options.created_status, row, effect=f"company {company.id}")

    def company_list(self, request: Request, _ids: Ids) -> Reply:
        """Answer "Fetch the company list"."""
        rows = [company_row(company.row(), self._dress) for company in self._world.listed_companies()]
        return self._list_reply(request, rows)

    # --- Projects and services -----------------------------------------------------------------------------

    def create_project(self, request: Request, ids: Ids) -> Reply:
        """Answer "Create a project"."""
        company = self._company(ids)
        name = rules.project_body(request)
        try:
            project = self._world.create_project(company, name)
        except LimitReached:
            raise rules.refuse("project limit reached") from None
        return json_reply(self._options.created_status, project.row(), effect=f"project {project.id}")

    def project_list(self, request: Request, ids: Ids) -> Reply:
        """Answer "Fetch the project list"."""
        company = self._company(ids)
        return self._list_reply(request, [project.row() for project in self._world.listed_projects(company.id)])

    def enable_uap_service(self, request: Request, ids: Ids) -> Reply:
        """Answer "Enable UAP self-service"."""
        company, project = self._company_and_project(ids)
        type_id, region = rules.uap_body(request)
        if not self._world.takes_services(project):
            raise Refusal(404, "project not found")
        service = UapService(company_id=company.id, project_id=project.id, type_id=type_id, region=region)
        self._world.enable(service)
        answer = {
            "id": project.number,
            "typeId": type_id,
            "projectName": project.name,
            "status": self._options.uap_status,
            "region": region,
        }
        effect = f"service {type_id} in {region} of project {project.id}"
        return json_reply(self._options.created_status, answer, effect=effect)

    # --- Usage and bills -----------------------------------------------------------------------------------

    def company_usage(self, request: Request, ids: Ids) -> Reply:
        """Answer "Fetch the company usage"."""
        return self._usage_reply(request, self._world.projects(self._company(ids).id))

    def project_usage(self, request: Request, ids: Ids) -> Reply:
        """Answer "Fetch the project usage"."""
        return self._usage_reply(request, [self._company_and_project(ids)[1]])

    def daily_bill(self, request: Request, _ids: Ids) -> Reply:
        """Answer "Fetch the daily bill"."""
        parameters = rules.query(request)
        period = rules.bill_period(parameters, self._bills.latest())
        asked = parameters.get(self._dress.page_parameter, "1")
        page = self._bills.page(period, rules.whole(asked, self._dress.page_parameter, least=1))
        answer = {
            "totalSize": page.total,
            "pageSize": page_size(self._bills.capacity, len(page.lines), self._dress),
            "pageNumber": page.number,
            **has_more(page.has_more, self._dress),
            "elements": [_element(line) for line in page.lines],
        }
        return json_reply(200, answer, exact=True)

    # --- Shared ------------------------------------------------------------------------------------------

    def _company(self, ids: Ids) -> Company:
        text = ids["company"]
        known = re.fullmatch(r"\d{1,18}", text, re.ASCII)
        company = self._world.company(int(text)) if known else None
        if company is None:
            raise Refusal(404, "company not found")
        return company

    def _company_and_project(self, ids: Ids) -> tuple[Company, Project]:
        company = self._company(ids)
        project = self._world.project(company.id, ids["project"])
        if project is None:
            raise Refusal(404, "project not found")
        return company, project

    def _list_reply(self, request: Request, rows: Sequence[object]) -> Reply:
        limit, offset = rules.window(rules.query(request), self._options.list_limit)
        return json_reply(200, {"rows": rows[offset : offset + limit], "count": len(rows)})

    def _usage_reply(self, request: Request, projects: Sequence[Project]) -> Reply:
        parameters = rules.query(request)
        pair = rules.usage_pair(parameters)
        interval, since, until = rules.usage_range(parameters, self._options.days_per_call)
        count = self._usage.daily if interval is Interval.DAILY else self._usage.monthly
        return json_reply(200, usage_answer(count(projects, pair, since, until), pair, self._dress))


def _element(line: Line) -> dict[str, object]:
    project = {} if line.project_id is None else {"projectId": line.project_id}
    return {"companyId": line.company_id, **project, "amount": line.amount, "currency": line.currency}


def _new_company(new_id: int, place: int, body: Mapping[str, object]) -> Company:
    """The company that a checked body describes."""
    return Company(
        id=new_id,
        place=place,
        name=str(body["name"]),
        email=str(body["email"]),
        country=str(body["country"]),
        area=str(body["area"]),
        app_limit=int(str(body["appLimit"])),
        member_limit=int(str(body["memberLimit"])),
        industry=int(str(body["industry"])),
        interest=int(str(body["interest"])),
        environment=int(str(body["environment"])),
    )
