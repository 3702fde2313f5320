from django.db import migrations


def forget_names(apps, schema_editor):
    """New lines of the desk's history are written without a name."""
    kind = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="campaigns", model="donor").first()
    entries = apps.get_model("admin", "LogEntry").objects.filter(content_type_id=kind.pk) if kind else []
    for entry in entries:
        entry.object_repr = f"Donor {entry.object_id}"
        entry.save(update_fields=["object_repr"])


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0141_ignored_events_are_emptied"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(forget_names, migrations.RunPython.noop)]
