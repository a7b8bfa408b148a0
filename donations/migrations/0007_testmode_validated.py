from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("donations", "0006_testmode"),
    ]

    operations = [
        ValidateConstraint(model_name="donation", name="donation_test_is_not_live"),
    ]
