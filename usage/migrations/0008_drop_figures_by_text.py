from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("usage", "0007_carry_figures_over")]

    operations = [migrations.DeleteModel(name="FiguresByText")]
