from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="UsageFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.TextField()),
                ("project_id", models.TextField(blank=True, default="")),
                ("business", models.CharField(max_length=20)),
                ("model", models.CharField(max_length=20)),
                ("interval", models.CharField(max_length=10)),
                ("period", models.DateField()),
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
                ("extra", models.JSONField(blank=True, default=dict)),
                ("corrected", models.JSONField(blank=True, default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "project_id", "business", "model", "interval", "period"),
                        name="usage_once_per_series_and_period",
                    )
                ],
            },
        ),
    ]
