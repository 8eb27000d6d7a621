"""How many calls went out in each minute, how they ended and how long they took."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polling", "0005_series_in_use")]

    operations = [
        migrations.CreateModel(
            name="CallMinute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField(unique=True)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("within_50", models.PositiveIntegerField(default=0)),
                ("within_100", models.PositiveIntegerField(default=0)),
                ("within_200", models.PositiveIntegerField(default=0)),
                ("within_400", models.PositiveIntegerField(default=0)),
                ("within_800", models.PositiveIntegerField(default=0)),
                ("within_1600", models.PositiveIntegerField(default=0)),
                ("within_3200", models.PositiveIntegerField(default=0)),
                ("within_6400", models.PositiveIntegerField(default=0)),
                ("within_12800", models.PositiveIntegerField(default=0)),
                ("slower", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
