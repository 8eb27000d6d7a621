"""What the portal wants differently from allauth: no sign-up, its own audit log, nobody locked out by others."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts import services
from accounts.models import Person
from accounts.origin import client_ip, stays_here


class AccountAdapter(DefaultAccountAdapter):
    """Hooks that allauth calls while somebody signs in, signs out or chooses a password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by admins or on the command line only."""
        return False

    def is_safe_url(self, url: str) -> bool:
        return stays_here(self.request, url)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed tries per account and address, so that nobody locks the owner out from elsewhere."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{self.get_client_ip(request)}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email", "")
        services.store_audit_entry(action="fail_sign_in", by=None, email=email, ip=client_ip(request))

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        services.store_audit_entry(action="sign_in", by=user, ip=client_ip(request))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Person):
            services.store_audit_entry(action="sign_out", by=request.user, ip=client_ip(request))
        super().logout(request)

    def set_password(self, user: Person, password: str) -> None:
        services.change_password(person=user, password=password, ip=client_ip(self.request))
