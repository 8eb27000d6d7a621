"""What can be chosen about a sandbox: its keys, its world, its limits and the way its answers are dressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

SHAPES = ("bare", "usagedatum", "data", "rows", "one", "nested", "list")
NAMES = ("believable", "hostile")
NUMBERS = ("plain", "text")
DATE_STYLES = ("document", "iso", "date", "seconds", "milliseconds")
BILL_IDS = ("list", "numbers")
HAS_MORE = ("boolean", "text", "number", "absent")
PAGE_SIZES = ("capacity", "count", "zero")
PAGE_PARAMETERS = ("pageNumber", "pageNumer")


@dataclass(frozen=True, kw_only=True)
class Dress:
    """How answers are written where the document contradicts itself; each default is its sample's way.

    `shape` is the frame of a usage answer, `numbers` whether codes and metrics are JSON numbers or text,
    `date_style` how `dateTime` is written, and the rest concerns the daily bill: which ids its lines
    carry, how `hasMore` is written, what `pageSize` counts and which spelling asks for a page.
    """

    shape: str = "bare"
    numbers: str = "plain"
    date_style: str = "document"
    bill_ids: str = "list"
    has_more: str = "boolean"
    page_size_means: str = "capacity"
    page_parameter: str = "pageNumber"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Everything a sandbox is started with; secrets stay out of its repr.

    `keys` maps access key ids to secrets. `companies` counts the companies of the first world and
    `projects` the projects of each (0: one to eight, each company its own number). `epoch` is the first
    day with figures (default 400 days before the first start), `today` a day to pretend, `clock_offset`
    the seconds by which the server's clock is off, `window` the seconds by which a signed date may differ
    from it. `rate` is calls a second and key (0: no limit).
    `list_lag` and `uap_delay` are seconds until something new is listed and takes UAP services.
    `repeated_emails` lets several companies have the same e-mail address, which the document does not exclude.
    """

    keys: Mapping[str, str] = field(repr=False)
    companies: int = 24
    projects: int = 0
    seed: int = 1
    names: str = "believable"
    epoch: date | None = None
    today: date | None = None
    clock_offset: float = 0.0
    window: float = 300.0
    date_header: bool = True
    rate: int = 0
    rate_headers: bool = True
    old_gateway: bool = False
    request_ids: bool = False
    page_size: int = 1000
    list_limit: int = 100
    days_per_call: int = 45
    created_status: int = 201
    repeated_emails: bool = False
    list_lag: float = 0.0
    uap_delay: float = 0.0
    uap_status: int = 1
    dress: Dress = Dress()
    state: Path | None = None
    truth_file: Path | None = None
    control_token: str = field(default="", repr=False)
