"""What a check says about one row: what would be sent, and what is wrong with which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agora.drafts import AnyDraft


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A row that was checked: its draft, None while something is wrong, and what is wrong by field, in words.

    `title` is what a person would call it, `email` the address that a company may share with another row,
    `names` what the IDs in it stand for, by field.
    """

    draft: AnyDraft | None
    title: str
    email: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
