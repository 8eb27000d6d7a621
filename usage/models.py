"""Usage figures as Agora reports them: one row per series and period."""

from django.db import models

from polling.models import SERIES, UsageScope


class UsageFigures(UsageScope):
    """One UTC day (or month, by the interval) of one series; a metric that the answer did not carry is NULL.

    Values are whole numbers in Agora's own unit. A value with a fraction and a metric that the document
    does not know stand in `extra`, exactly as they came. `corrected` holds the wire names of metrics that
    changed after they were settled. A day whose every metric is a known zero has no row, unless it corrected
    a settled figure; `polling.Coverage` tells it from a day that is not known.
    """

    period = models.DateField()
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
    extra = models.JSONField(default=dict, blank=True)
    corrected = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*SERIES, "period"], name="usage_once_per_series_and_period")]

    def __str__(self) -> str:
        return f"{self.company_id}/{self.project_id} {self.business} {self.model} {self.period}"
