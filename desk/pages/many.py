"""A step over many companies: how it is taken, and what is said of it once it is done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from companies.models import CareChange, CareStep
from companies.services import care
from usage.numerals import grouped


def change_many(asked: dict[str, Any], *, by: Person, now: dt.datetime, ip: str | None) -> SafeString | str:
    """Take the step that a valid ChangeForm holds, and say what came of it."""
    companies = asked["companies"]
    whole = {"companies": companies, "by": by, "now": now, "ip": ip}
    count = companies.count()
    if asked["step"] == CareStep.ADD_TAG:
        change = care.add_tag(name=asked["tag"], **whole)
    elif asked["step"] == CareStep.REMOVE_TAG:
        change = care.remove_tag(tag=asked["tag"], **whole)
    else:
        change = care.set_owners(owner=asked["owner"], **whole)
    return _words(change, count) if change else _("Nothing to change: that is so already.")


def _words(change: CareChange, count: int) -> SafeString:
    """What changed, how many were so already, and the button that undoes it, of a form that the list has."""
    changed = len(change.before)
    said = _step_words(change, changed) % {"count": grouped(changed), "tag": change.tag, "owner": change.owner}
    same = count - changed
    already = ngettext("%(same)s was so already.", "%(same)s were so already.", same) % {"same": grouped(same)}
    button = '<button class="btn btn-sm" type="submit" form="undo" formaction="{}">{}</button>'
    undo = format_html(button, reverse("companies:undo_change", args=[change.pk]), _("Undo"))
    return format_html("{} {} {}", said, already if same else "", undo)


def _step_words(change: CareChange, count: int) -> str:
    if change.step == CareStep.ADD_TAG:
        return ngettext("Tagged %(count)s company “%(tag)s”.", "Tagged %(count)s companies “%(tag)s”.", count)
    if change.step == CareStep.REMOVE_TAG:
        return ngettext("Took “%(tag)s” off %(count)s company.", "Took “%(tag)s” off %(count)s companies.", count)
    if change.owner is None:
        return ngettext("%(count)s company has no owner now.", "%(count)s companies have no owner now.", count)
    return ngettext(
        "%(owner)s looks after %(count)s company more.", "%(owner)s looks after %(count)s companies more.", count
    )
