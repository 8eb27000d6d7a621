"""Usage figures as Agora reports them, one row per series and period, and what they add up to."""

from django.db import models
from django.db.models import F

from polling.models import SERIES, UsageScope


class MetricColumns(models.Model):
    """A column for each metric of the document."""

    audio_all = models.BigIntegerField(null=True)
    video_all = models.BigIntegerField(null=True)
    sd_all = models.BigIntegerField(null=True)
    hd_all = models.BigIntegerField(null=True)
    hdp_all = models.BigIntegerField(null=True)
    audio_audience = models.BigIntegerField(null=True)
    sd_audience = models.BigIntegerField(null=True)
    hd_audience = models.BigIntegerField(null=True)
    hdp_audience = models.BigIntegerField(null=True)
    transcode_duration_audio_hostin = models.BigIntegerField(null=True)
    transcode_duration_avc_audio = models.BigIntegerField(null=True)
    transcode_duration_video_single_host = models.BigIntegerField(null=True)
    transcode_duration_avc_sd = models.BigIntegerField(null=True)
    transcode_duration_avc_hd = models.BigIntegerField(null=True)
    transcode_duration_avc_hdp = models.BigIntegerField(null=True)
    transcode_duration_hevc_audio = models.BigIntegerField(null=True)
    transcode_duration_hevc_sd = models.BigIntegerField(null=True)
    transcode_duration_hevc_hd = models.BigIntegerField(null=True)
    transcode_duration_hevc_hdp = models.BigIntegerField(null=True)
    concurrent_channel_avc_total = models.BigIntegerField(null=True)
    concurrent_channel_avc_total_hostin = models.BigIntegerField(null=True)
    concurrent_channel_avc_total_video_hostin = models.BigIntegerField(null=True)
    concurrent_channel_avc_audio = models.BigIntegerField(null=True)
    concurrent_channel_audio_hostin = models.BigIntegerField(null=True)
    concurrent_channel_video_single_host = models.BigIntegerField(null=True)
    concurrent_channel_avc_sd = models.BigIntegerField(null=True)
    concurrent_channel_avc_hd = models.BigIntegerField(null=True)
    concurrent_channel_avc_hdp = models.BigIntegerField(null=True)
    concurrent_channel_hevc_audio = models.BigIntegerField(null=True)
    concurrent_channel_hevc_sd = models.BigIntegerField(null=True)
    concurrent_channel_hevc_hd = models.BigIntegerField(null=True)
    concurrent_channel_hevc_hdp = models.BigIntegerField(null=True)
    dau = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


class UsageSeries(UsageScope):
    """Whose figures of which pair and interval: said once here, since rows of figures say it by a number."""

    id = models.AutoField(primary_key=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=SERIES, name="usage_series_once")]

    def __str__(self) -> str:
        return f"{self.company_id}/{self.project_id} {self.business} {self.model} {self.interval}"


class UsageFigures(MetricColumns):
    """One UTC day (or month, by the interval) of one series; a metric that the answer did not carry is NULL.

    Values are whole numbers in Agora's own unit. A value with a fraction and a metric that the document
    does not know stand in `extra`, exactly as they came; `corrected` holds the wire names of metrics that
    changed after they were settled. Both are NULL when empty, as nearly always: that takes no room. A day whose
    every metric is a known zero has no row, unless it corrected a settled figure; `polling.Coverage` tells
    it from a day that is not known.
    """

    pk = models.CompositePrimaryKey("series_id", "period")
    series = models.ForeignKey(UsageSeries, on_delete=models.PROTECT, db_index=False, related_name="figures")
    period = models.DateField()
    extra = models.JSONField(null=True)
    corrected = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.series_id} {self.period}"


class Rollup(MetricColumns):
    """The exact sums of `rows` rows of one pair of business and model, always computed anew from all of them.

    `lacking` tells, by wire name, in how many of the rows a metric was not carried as a number; one that no row
    carried is NULL. Which companies and days are not known at all, the ledger tells and no sum does. `extra` holds
    what no column can hold as exact text, `corrected` the metrics that were corrected in one of the rows.
    """

    extra = models.JSONField(default=dict, blank=True)
    corrected = models.JSONField(default=list, blank=True)
    business = models.CharField(max_length=20)
    model = models.CharField(max_length=20)
    rows = models.PositiveIntegerField()
    lacking = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class DayTotal(Rollup):
    """What all companies used on one UTC day, as their company calls told; projects are not counted again."""

    period = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["business", "model", "period"], name="total_once_per_day")]

    def __str__(self) -> str:
        return f"{self.business} {self.model} {self.period}"


class CompanyMonth(Rollup):
    """What one company used in one UTC month: the sum of its days; where days are peaks, what Agora told of the month.

    `last_used` is the last day of the month on which any metric was above zero, whatever the sums are made of.
    """

    month = models.DateField()
    company_id = models.TextField()
    last_used = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "business", "model", "company_id"], name="rollup_once_per_month")
        ]
        indexes = [
            models.Index(fields=["company_id"], name="rollup_by_company"),
            # Who has the most minutes of a month, without reading what all others have.
            models.Index(
                F("month"),
                (F("audio_all") + F("sd_all") + F("hd_all") + F("hdp_all")).desc(),
                condition=models.Q(business="default", model="duration"),
                name="rollup_by_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.business} {self.model} {self.month:%Y-%m}"
