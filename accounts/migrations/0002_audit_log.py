"""The audit log."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="when")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("action", models.CharField(max_length=60, verbose_name="action")),
                ("object_type", models.CharField(blank=True, max_length=60, verbose_name="kind of object")),
                ("object_id", models.CharField(blank=True, max_length=255, verbose_name="object")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="detail")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request ID")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="IP address")),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_entries",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit log",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["action", "-id"], name="audit_by_action"),
                    models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
                ],
            },
        ),
    ]
