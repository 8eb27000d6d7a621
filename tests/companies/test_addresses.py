"""IDs of Agora's in addresses: one segment each, as they are."""

from urllib.parse import unquote

import pytest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from companies.converters import company_path, project_path

VIEW = "companies:enable_uap_service"
ODD = [
    "-u_gRV4g0",
    "U_grv4G0",
    "a b",
    "a%2Fb",
    "%",
    "100%",
    "a?b#c",
    "课堂",
    "a;b,c=d&e",
    "...",
    "..a",
    "creates",
    "~@:!$'()*+",
]


@pytest.mark.parametrize("remote_id", ODD)
def test_an_id_survives_its_address(remote_id: str) -> None:
    address = reverse(VIEW, args=["5", remote_id])
    match = resolve(as_served(address))
    assert match.kwargs == {"company_id": "5", "project_id": remote_id}


@pytest.mark.parametrize("remote_id", ["", ".", "..", "a/b", "/", "create"])
def test_an_id_that_a_path_cannot_carry_has_no_address(remote_id: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(VIEW, args=["5", remote_id])
    assert (company_path(remote_id), project_path("5", remote_id)) == ("", "")


def test_s49_a_path_with_nul_in_it_is_nobodys() -> None:
    with pytest.raises(Resolver404):
        resolve("/companies/10\0/projects/create/")


@pytest.mark.parametrize("remote_id", ODD)
def test_the_page_of_an_id_is_one_segment(remote_id: str) -> None:
    assert project_path("5", remote_id).count("/") == 5


def as_served(address: str) -> str:
    """The path as a server hands it to Django: decoded."""
    return unquote(address)
