"""Addresses below /accounts/, which are allauth's without sign-up, and below /settings/."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from accounts import views

sign_in_urls = [
    path("login/", allauth_views.login, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

settings_urls = [
    path("", views.settings, name="settings"),
    path("theme/", views.set_theme, name="set_theme"),
    path("people/", views.people, name="people"),
    path("people/create/", views.create_person, name="create_person"),
    path("people/<int:person_id>/", views.change_person, name="change_person"),
    path("people/<int:person_id>/password/", views.renew_password, name="renew_password"),
    path("audit/", views.audit_log, name="audit_log"),
]

urlpatterns = [
    path("accounts/", include(sign_in_urls)),
    path("settings/", include((settings_urls, "accounts"))),
]
