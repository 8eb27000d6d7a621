"""What a person should do about an operation that waits for a decision, in plain words for each reason."""

from django.utils.translation import gettext as _

from companies.models import Operation, OperationKind
from companies.pages.review import Review


def advice(operation: Operation, review: Review, *, last_outcome: str, may_retry: bool) -> list[str]:
    """The sentences that tell what this means and what to look at; `last_outcome` is that of the last attempt."""
    told = {
        "found": _found,
        "not-there": _not_there,
        "not-listed": _not_listed,
        "cannot-be-read": _cannot_be_read,
        "orphan": _orphan,
        "restored": _restored,
        "tries-used-up": _tries_used_up,
    }.get(operation.reason)
    sentences = told(operation, review) if told else []
    if last_outcome == "used-before":
        sentences.append(
            _(
                "Agora said that the e-mail address is in use. If nothing below is yours, the address belongs to a "
                "company that existed before: sending it again would be refused. Give up, and use another address."
            )
        )
    if last_outcome == "taken":
        sentences.append(
            _("Agora answered with an ID that another operation has. Only the list can tell whether there is a second.")
        )
    if may_retry:
        sentences.append(_("It can be tried again without any risk; no approver is needed for that."))
    return sentences


def _found(operation: Operation, review: Review) -> list[str]:
    if operation.attempt_no == 0:
        sentences = [
            _("Nothing was sent: before sending, the portal looks into Agora's list, and something there fits."),
            _("If this is what you wanted to create, it exists already. If it is another one, have yours sent."),
        ]
    else:
        sentences = [
            _("It was sent, Agora did not confirm it, and now something new is listed that fits."),
            _(
                "Compare it with what was asked for. If everything agrees and no colleague created one like it at that "
                "time, it is yours. If in doubt, look at it in Agora's console before you decide."
            ),
        ]
    if len(review.candidates) > 1:
        sentences.append(_("There is more than one. Only one of them can be this; the others are somebody else's."))
    return sentences


def _not_there(operation: Operation, review: Review) -> list[str]:
    return [_("So it was not created. It can be sent again, or given up. Nobody needs to enter it anew.")]


def _not_listed(operation: Operation, review: Review) -> list[str]:
    return [
        _("Look for it in Agora's console."),
        _(
            "The portal goes on trying to read the list; what it finds appears here. Until then it cannot be sent "
            "again, since it may exist."
        ),
    ]


def _cannot_be_read(operation: Operation, review: Review) -> list[str]:
    return [
        _("Enabling a service again is expected to be harmless: it is on already, or it will be."),
        _("If Agora's console shows that it is on, give up here and say so in the reason."),
    ]


def _orphan(operation: Operation, review: Review) -> list[str]:
    return [
        _("It was refused or given up here. Still, what is listed now agrees with it in everything that Agora tells."),
        _(
            "If this is it, say so, and it is known here as created. If somebody made another one like it, give up "
            "once more: that one is not shown again."
        ),
    ]


def _restored(operation: Operation, review: Review) -> list[str]:
    sentences = [
        _("What happened after the backup was made is not in the database: this may have been sent without a trace."),
    ]
    if operation.kind == OperationKind.UAP_SERVICE:
        return sentences + _cannot_be_read(operation, review)
    if not review.is_settled:
        sentences.append(_("The portal looks for it in Agora's list first. Wait for that, unless you find it below."))
    return sentences


def _tries_used_up(operation: Operation, review: Review) -> list[str]:
    if review.candidates:
        return [_("Something new is listed that fits, all the same. Compare it before you decide.")]
    return [_("See first that Agora can be reached again: the attempts below say what went wrong.")]
