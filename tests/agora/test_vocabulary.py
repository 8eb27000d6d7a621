"""The document's codes and which of them may be combined."""

import pytest

from agora.vocabulary import METRICS, MONTHLY_PAIRS, PAIRS, Business, Model


def test_there_are_six_pairs_of_business_and_model() -> None:
    assert PAIRS == (
        ("default", "duration"),
        ("default", "transcoding"),
        ("recording", "duration"),
        ("cloudRecording", "duration"),
        ("miniapp", "duration"),
        ("rtm", "counter"),
    )


@pytest.mark.parametrize(
    ("pair", "names"),
    [
        ((Business.DEFAULT, Model.DURATION), ("audioAll", "videoAll", "sdAll", "hdAll", "hdpAll")),
        ((Business.RECORDING, Model.DURATION), ("audioAudience", "sdAudience", "hdAudience", "hdpAudience")),
        ((Business.CLOUD_RECORDING, Model.DURATION), ("audioAudience", "sdAudience", "hdAudience", "hdpAudience")),
        ((Business.MINIAPP, Model.DURATION), ("audioAll", "videoAll")),
        ((Business.RTM, Model.COUNTER), ("dau",)),
    ],
)
def test_a_pair_has_the_metrics_of_the_document(pair: tuple[Business, Model], names: tuple[str, ...]) -> None:
    assert METRICS[pair] == names


def test_transcoding_metrics_carry_their_group() -> None:
    names = METRICS[Business.DEFAULT, Model.TRANSCODING]
    groups = [name.partition(".")[0] for name in names]
    assert groups == ["transcodeDuration"] * 10 + ["concurrentChannel"] * 13


def test_only_peaks_are_asked_for_by_month() -> None:
    assert MONTHLY_PAIRS == (("default", "transcoding"), ("rtm", "counter"))
