"""Daily bills as Agora publishes them, what changed in them afterwards, and lines that could not be read."""

from django.db import models

from billing.fields import AmountField


class DailyBillLine(models.Model):
    """What one UTC day cost one company's project in one currency; '' as project ID is the company level."""

    period = models.DateField()
    company_id = models.TextField()
    project_id = models.TextField(default="", blank=True)
    currency = models.CharField(max_length=16)
    amount = AmountField()
    lines = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "company_id", "project_id", "currency"], name="bill_line_once_per_day"
            )
        ]
        indexes = [models.Index(fields=["company_id", "period"], name="bill_by_company")]

    def __str__(self) -> str:
        return f"{self.period} {self.company_id}/{self.project_id} {self.amount} {self.currency}"


class BillSum(models.Model):
    """What all lines of one UTC day, or month, come to for one company in one currency; '' as company ID is everybody.

    It is `high` · 10⁹ + `low` units of 10⁻⁸, since a sum of the largest amounts is beyond one column; always computed
    anew from the lines. A month has its first day as period.
    """

    pk = models.CompositePrimaryKey("company_id", "interval", "period", "currency")
    company_id = models.TextField()
    interval = models.CharField(max_length=10)
    period = models.DateField()
    currency = models.CharField(max_length=16)
    high = models.BigIntegerField()
    low = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["interval", "period"], name="bill_sum_by_period")]

    def __str__(self) -> str:
        return f"{self.interval} {self.period} {self.company_id} {self.currency}"


class BillRevision(models.Model):
    """A correction: an amount of a complete day that changed, appeared or vanished; rows are only ever added."""

    period = models.DateField()
    company_id = models.TextField()
    project_id = models.TextField(default="", blank=True)
    currency = models.CharField(max_length=16)
    old_amount = AmountField(null=True)
    new_amount = AmountField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["period", "company_id"], name="revision_by_day")]

    def __str__(self) -> str:
        return f"{self.period} {self.company_id}/{self.project_id}: {self.old_amount} → {self.new_amount}"


class BillProblem(models.Model):
    """A line of a daily bill that could not be read as money, kept as it came and shown."""

    period = models.DateField(db_index=True)
    where = models.TextField()
    reason = models.TextField()
    raw = models.TextField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.period} {self.where}: {self.reason}"
