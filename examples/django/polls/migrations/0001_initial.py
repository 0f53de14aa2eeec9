"""The tables, and a first question to vote on."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def ask(apps, schema_editor):
    question = apps.get_model("polls", "Question").objects.create(question_text="Tea or coffee?")
    choices = apps.get_model("polls", "Choice").objects
    for text in ("Tea", "Coffee"):
        choices.create(question=question, choice_text=text)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question_text", models.CharField(max_length=200)),
                ("pub_date", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date published")),
            ],
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("choice_text", models.CharField(max_length=200)),
                ("votes", models.IntegerField(default=0)),
                (
                    "question",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="polls.question"),
                ),
            ],
        ),
        migrations.RunPython(ask, migrations.RunPython.noop),
    ]
