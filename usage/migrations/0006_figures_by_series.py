import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The order of the columns is that of the table: the short ones side by side, so that nothing is padded."""

    dependencies = [("usage", "0005_series")]

    operations = [
        migrations.RenameModel(old_name="UsageFigures", new_name="FiguresByText"),
        migrations.CreateModel(
            name="UsageFigures",
            fields=[
                (
                    "series",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="usage.usageseries",
                    ),
                ),
                ("period", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "series_id", "period", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("audio_all", models.BigIntegerField(null=True)),
                ("video_all", models.BigIntegerField(null=True)),
                ("sd_all", models.BigIntegerField(null=True)),
                ("hd_all", models.BigIntegerField(null=True)),
                ("hdp_all", models.BigIntegerField(null=True)),
                ("audio_audience", models.BigIntegerField(null=True)),
                ("sd_audience", models.BigIntegerField(null=True)),
                ("hd_audience", models.BigIntegerField(null=True)),
                ("hdp_audience", models.BigIntegerField(null=True)),
                ("transcode_duration_audio_hostin", models.BigIntegerField(null=True)),
                ("transcode_duration_avc_audio", models.BigIntegerField(null=True)),
                ("transcode_duration_video_single_host", models.BigIntegerField(null=True)),
                ("transcode_duration_avc_sd", models.BigIntegerField(null=True)),
                ("transcode_duration_avc_hd", models.BigIntegerField(null=True)),
                ("transcode_duration_avc_hdp", models.BigIntegerField(null=True)),
                ("transcode_duration_hevc_audio", models.BigIntegerField(null=True)),
                ("transcode_duration_hevc_sd", models.BigIntegerField(null=True)),
                ("transcode_duration_hevc_hd", models.BigIntegerField(null=True)),
                ("transcode_duration_hevc_hdp", models.BigIntegerField(null=True)),
                ("concurrent_channel_avc_total", models.BigIntegerField(null=True)),
                ("concurrent_channel_avc_total_hostin", models.BigIntegerField(null=True)),
                ("concurrent_channel_avc_total_video_hostin", models.BigIntegerField(null=True)),
                ("concurrent_channel_avc_audio", models.BigIntegerField(null=True)),
                ("concurrent_channel_audio_hostin", models.BigIntegerField(null=True)),
                ("concurrent_channel_video_single_host", models.BigIntegerField(null=True)),
                ("concurrent_channel_avc_sd", models.BigIntegerField(null=True)),
                ("concurrent_channel_avc_hd", models.BigIntegerField(null=True)),
                ("concurrent_channel_avc_hdp", models.BigIntegerField(null=True)),
                ("concurrent_channel_hevc_audio", models.BigIntegerField(null=True)),
                ("concurrent_channel_hevc_sd", models.BigIntegerField(null=True)),
                ("concurrent_channel_hevc_hd", models.BigIntegerField(null=True)),
                ("concurrent_channel_hevc_hdp", models.BigIntegerField(null=True)),
                ("dau", models.BigIntegerField(null=True)),
                ("extra", models.JSONField(null=True)),
                ("corrected", models.JSONField(null=True)),
            ],
        ),
    ]
