"""The comparison finds what must never happen, each kind of it once, so that its silence means something."""

import pytest

from tests.chaos.audit import Effect, Evidence, Offence, Row, offences


def found(
    *rows: Row, made: dict[str, str] | None = None, answered: dict[str, frozenset[int]] | None = None
) -> list[str]:
    """The names of the offences; `made` maps requests, "1a" being one of operation 1, to what they created."""
    effects = [Effect(request_id=request, name=name) for request, name in (made or {}).items()]
    requests = {request: int(request[0]) for request in made or {} if request[0] != "x"}
    evidence = Evidence(rows=rows, requests=requests, effects=effects, answered=answered or {})
    return [offence.name for offence in offences(evidence)]


def company(state: str, remote_id: str = "", **more: object) -> Row:
    return Row(number=1, kind="company", state=state, remote_id=remote_id, token="t", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "made"),
    [
        ([company("done", "7")], {"1a": "company 7"}),
        ([company("refused")], {}),
        ([company("cancelled")], {}),
        ([company("review", shown=frozenset({"7", "9"}))], {"1a": "company 7"}),
        ([Row(number=1, kind="uap-service", state="done", approvals=1)], {"1a": "service 1", "1b": "service 1"}),
        ([Row(number=1, kind="uap-service", state="cancelled", was_given_up=True)], {"1a": "service 1"}),
    ],
)
def test_what_is_in_order_is_no_offence(rows: list[Row], made: dict[str, str]) -> None:
    assert found(*rows, made=made) == []


@pytest.mark.parametrize(
    ("rows", "made", "names"),
    [
        ([company("done", "7")], {"1a": "company 7", "1b": "company 8"}, ["duplicated"]),
        ([company("done", "7", approvals=1)], {"1a": "company 7", "1b": "company 8"}, ["duplicated"]),
        ([Row(number=1, kind="uap-service", state="done")], {"1a": "service 1", "1b": "service 1"}, ["duplicated"]),
        ([company("done", "8")], {"1a": "company 7"}, ["wrongly linked"]),
        ([company("done", "8")], {}, ["wrongly linked"]),
        ([company("refused")], {"1a": "company 7"}, ["hidden"]),
        ([company("cancelled", was_given_up=True)], {"1a": "company 7"}, ["hidden"]),
        ([company("review", shown=frozenset({"9"}))], {"1a": "company 7"}, ["hidden"]),
        ([], {"x": "company 7"}, ["hidden"]),
        ([company("sending")], {"1a": "company 7"}, ["hidden", "stuck"]),
        ([company("uncertain")], {"1a": "company 7"}, ["stuck"]),
    ],
)
def test_what_must_never_happen_is_found(rows: list[Row], made: dict[str, str], names: list[str]) -> None:
    assert found(*rows, made=made) == names


def test_a_form_that_became_two_operations_is_found() -> None:
    rows = [company("refused"), Row(number=2, kind="company", state="refused", token="t")]
    assert found(*rows, answered={"t": frozenset({1, 2})}) == ["duplicated"]


def test_a_form_that_was_answered_and_not_kept_is_found() -> None:
    assert found(answered={"t": frozenset({1})}) == ["lost"]


def test_a_form_that_was_accepted_and_then_refused_is_found() -> None:
    evidence = Evidence(rows=[], requests={}, effects=[], statuses={"t": frozenset({303, 200}), "u": frozenset({409})})
    assert [offence.name for offence in offences(evidence)] == ["contradicted"]


def test_an_offence_names_its_operation() -> None:
    evidence = Evidence(rows=[company("queued")], requests={}, effects=[])
    assert offences(evidence) == [Offence(name="stuck", words="queued", operation=1)]
