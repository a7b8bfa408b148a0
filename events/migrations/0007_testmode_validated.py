from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0006_testmode"),
    ]

    operations = [
        ValidateConstraint(model_name="campaign", name="campaign_test_has_test_account"),
    ]
