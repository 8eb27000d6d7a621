"""The words for Agora's codes, for the fields of its calls, and for why an operation stands where it stands."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import Area, CompanyStatus, Environment, Industry, Interest, ProjectStatus, Region, UapType

Labels = Mapping[int, Promise] | Mapping[str, Promise]

AREAS: Mapping[str, Promise] = MappingProxyType({Area.CN: _("China"), Area.NON_CN: _("Outside China")})

INDUSTRIES: Mapping[int, Promise] = MappingProxyType(
    {
        Industry.CUSTOMER_SERVICE: _("Customer service"),
        Industry.E_COMMERCE: _("E-commerce"),
        Industry.EDUCATION: _("Education"),
        Industry.ENTERPRISE: _("Enterprise"),
        Industry.FINANCE: _("Finance"),
        Industry.GAMING: _("Gaming"),
        Industry.IOT: _("Internet of things"),
        Industry.MEDICAL_AND_HEALTH: _("Medical and health"),
        Industry.HUMAN_RESOURCE: _("Human resources"),
        Industry.SOCIAL: _("Social and entertainment"),
        Industry.SYSTEM_INTEGRATION: _("System integration"),
        Industry.OTHER: _("Other"),
        Industry.LIVE_BROADCAST: _("Live broadcast"),
        Industry.CONTACT_CENTER: _("Enterprise collaboration, contact center"),
        Industry.HOUSEKEEPING: _("Housekeeping, online to offline"),
        Industry.SOFTWARE_OUTSOURCING: _("Software outsourcing"),
        Industry.INDIVIDUAL_DEVELOPER: _("Individual developer"),
        Industry.CALL_CENTER: _("Call center"),
        Industry.AR_VR_AI: _("AR, VR, AI"),
    }
)
INTERESTS: Mapping[int, Promise] = MappingProxyType(
    {
        Interest.OTHER: _("Other"),
        Interest.VIDEO: _("Video"),
        Interest.AUDIO: _("Audio"),
        Interest.LIVE_BROADCAST: _("Live broadcast"),
        Interest.GAMING: _("Gaming"),
    }
)
ENVIRONMENTS: Mapping[int, Promise] = MappingProxyType(
    {
        Environment.OTHER: _("Other"),
        Environment.WEB: _("Web"),
        Environment.ANDROID: _("Android"),
        Environment.IOS: _("iOS"),
        Environment.WINDOWS: _("Windows"),
        Environment.MACOS: _("macOS"),
        Environment.MINI_APP: _("Mini app"),
        Environment.LINUX: _("Linux"),
    }
)
UAP_TYPES: Mapping[int, Promise] = MappingProxyType(
    {
        UapType.MINI_APP: _("Mini app"),
        UapType.CDN_LIVE_STREAMING: _("CDN live streaming"),
        UapType.CLOUD_RECORDING: _("Cloud recording"),
    }
)
REGIONS: Mapping[int, Promise] = MappingProxyType({Region.CHINA: _("China"), Region.OUTSIDE_CHINA: _("Outside China")})
COMPANY_STATUSES: Mapping[int, Promise] = MappingProxyType(
    {
        CompanyStatus.NORMAL: _("Normal"),
        CompanyStatus.INSUFFICIENT_BALANCE: _("Insufficient balance"),
        CompanyStatus.AUTOMATICALLY_SUSPENDED: _("Automatically suspended"),
        CompanyStatus.MANUALLY_SUSPENDED: _("Manually suspended"),
    }
)
PROJECT_STATUSES: Mapping[int, Promise] = MappingProxyType(
    {
        ProjectStatus.DELETED: _("Deleted"),
        ProjectStatus.DISABLED: _("Disabled"),
        ProjectStatus.ENABLED: _("Enabled"),
    }
)

FIELDS = MappingProxyType(
    {
        "company_name": _("Company name"),
        "email": _("E-mail address"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "country": _("Country"),
        "area": _("Area"),
        "app_limit": _("Project limit"),
        "member_limit": _("Member limit"),
        "industry": _("Industry"),
        "interest": _("Interested in"),
        "environment": _("Platform"),
        "send_password_reset_email": _("Send a password reset e-mail"),
        "name": _("Project name"),
        "type_id": _("Product"),
        "region": _("Region"),
    }
)

# The words for the fields that hold a code.
CODED: Mapping[str, Labels] = MappingProxyType(
    {
        "area": AREAS,
        "industry": INDUSTRIES,
        "interest": INTERESTS,
        "environment": ENVIRONMENTS,
        "type_id": UAP_TYPES,
        "region": REGIONS,
    }
)

# Why an operation stands where it stands, by Operation.reason and Attempt.outcome.
REASONS: Mapping[str, Promise] = MappingProxyType(
    {
        "created": _("Agora confirmed it."),
        "refused": _("Agora refused it."),
        "forbidden": _("Agora says that this account has no permission for this."),
        "not-found": _("Agora does not know what this was to be created in: it is gone, or its ID is another one."),
        "not-ready": _("Agora has not set the project up yet; that takes three to five minutes."),
        "not-sent": _("Agora could not be reached, so nothing was sent."),
        "tls": _(
            "The server at Agora's address could not prove that it is Agora, so nothing was sent. "
            "An administrator must check the address and this machine's network."
        ),
        "too-late": _("This machine was too slow to send in time, so nothing was sent."),
        "held": _("Calls to Agora are paused for a moment, so nothing was sent."),
        "busy": _("Agora is busy and asked for a pause; nothing was created."),
        "clock": _(
            "Agora did not accept the date of the request. An administrator must set this machine's clock right."
        ),
        "key": _(
            "Agora does not accept the access key: it was mistyped or deleted. An administrator must set an active key."
        ),
        "secret": _(
            "Agora knows the access key, but the secret does not belong to it. "
            "An administrator must set the secret of this very key."
        ),
        "unknown": _("Agora gave no usable answer."),
        "lost": _("The portal was interrupted before an answer was stored."),
        "mismatch": _("Agora answered, but its answer does not confirm what was asked for."),
        "used-before": _(
            "Agora says that the e-mail address is in use, which an earlier attempt of this may have caused."
        ),
        "taken": _("Agora answered with an ID that already belongs to another operation."),
        "not-addressable": _("The ID of what it belongs to cannot be part of an address at Agora."),
        "list-unread": _("Agora's list could not be read, and it is compared with that list before it is sent."),
        "tries-used-up": _("It was tried as often as the portal may, and never reached Agora."),
        "found": _("Agora lists something new that may be this."),
        "not-there": _("Agora's complete list does not hold it, and nothing of it is on its way any more."),
        "not-listed": _("Agora's list could not be read completely for a day, so nothing is known."),
        "cannot-be-read": _("What became of a UAP service cannot be read back from Agora."),
        "orphan": _("It had ended, and now Agora lists something that fits it exactly."),
        "restored": _("The database was restored or copied; it may have been sent by the portal before that."),
        "two-ids": _("Agora confirmed it under a second ID, too. Two of them exist now."),
        "fenced": _(
            "Nothing is sent: this database belongs to another instance of the portal. "
            "An administrator must run after_restore, or start the portal under its own PORTAL_INSTANCE_ID."
        ),
        "by-person": _("A person confirmed it."),
    }
)


def words(labels: Labels, code: object) -> str:
    """The words for a code in whatever form it came; `Unknown (23)` for one that is not in the document."""
    text = str(code)
    if not text:
        return gettext("Unknown")
    for known, label in labels.items():
        if str(known).casefold() == text.casefold():
            return str(label)
    return gettext("Unknown (%(code)s)") % {"code": text}


def reason_words(reason: str) -> str:
    """One or two sentences for the code of a reason; '' for none."""
    return str(REASONS.get(reason, ""))


def choices(labels: Labels) -> list[tuple[str | int, Promise]]:
    """Code and words of every choice, in the document's order."""
    return [(getattr(code, "value", code), label) for code, label in labels.items()]
