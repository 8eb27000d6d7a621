"""The list of companies as tests read it and put tags on companies."""

from django.test import Client

from accounts.models import Person
from companies.models import Company
from companies.services import care
from tests.desk.reading import table, tables

LIST = "/companies/"


def read(browser: Client, address: str = LIST) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def names(page: str) -> list[str]:
    return [row[0] for row in table(page, "Company")[:-1]] if tables(page) else []


def tag(one: Company, *tags: str) -> Company:
    by = Person.objects.first() or Person.objects.create_user("ann@reseller.example", role="operator")
    care.set_tags(company=one, names=tags, by=by)
    return one
