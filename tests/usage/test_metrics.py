"""Metrics: their columns, their units, and what may be added up."""

import pytest

from agora.vocabulary import METRICS, PAIRS
from usage.metrics import PRODUCTS, column_of, columns_of, metric_words, month_is_sum_of_days, unit_of
from usage.models import UsageFigures


@pytest.mark.parametrize(
    ("metric", "column"),
    [
        ("audioAll", "audio_all"),
        ("hdpAudience", "hdp_audience"),
        ("transcodeDuration.avcSd", "transcode_duration_avc_sd"),
        ("concurrentChannel.avcTotalVideoHostin", "concurrent_channel_avc_total_video_hostin"),
        ("dau", "dau"),
    ],
)
def test_a_metric_is_kept_in_the_column_of_its_name(metric: str, column: str) -> None:
    assert column_of(metric) == column


def test_every_column_of_the_table_belongs_to_a_metric_and_every_metric_has_one() -> None:
    others = {"series", "period", "extra", "corrected"}
    columns = {column for pair in PAIRS for column in columns_of(*pair).values()}
    assert columns == {field.name for field in UsageFigures._meta.concrete_fields} - others


@pytest.mark.parametrize(
    ("model", "metric", "unit"),
    [
        ("duration", "audioAll", "minutes"),
        ("duration", "uhdAll", "minutes"),
        ("transcoding", "transcodeDuration.avcSd", "minutes"),
        ("transcoding", "concurrentChannel.avcSd", "channels"),
        ("transcoding", "unspecified.avcSd", ""),
        ("counter", "dau", "users"),
        ("counter", "mau", ""),
    ],
)
def test_a_metric_has_the_unit_of_its_model_and_group(model: str, metric: str, unit: str) -> None:
    assert unit_of(model, metric) == unit


def test_only_durations_are_added_up_over_days() -> None:
    assert [pair for pair in PAIRS if month_is_sum_of_days(*pair)] == [
        ("default", "duration"),
        ("recording", "duration"),
        ("cloudRecording", "duration"),
        ("miniapp", "duration"),
    ]


def test_the_seven_products_hold_every_metric_of_the_document() -> None:
    held = [(product.business, product.model, metric) for product in PRODUCTS for metric in product.metrics]
    assert sorted(held) == sorted((*pair, metric) for pair, metrics in METRICS.items() for metric in metrics)


def test_the_parts_of_video_and_audio_do_not_count_video_twice() -> None:
    assert PRODUCTS[0].parts == ("audioAll", "sdAll", "hdAll", "hdpAll")


def test_a_metric_that_the_document_does_not_know_is_shown_as_it_came() -> None:
    assert [str(metric_words(name)) for name in ("uhdAll", "unspecified.avcSd")] == ["uhdAll", "unspecified.avcSd"]
