import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0041_groups_of_pledges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GuardTrace',
            fields=[
                ('donation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='trace', serialize=False, to='campaigns.donation')),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32))),
                ('declines', models.PositiveSmallIntegerField(default=0)),
                ('paid', models.BooleanField(default=False)),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='HeldGift',
            fields=[
            ],
            options={
                'verbose_name': 'gift held for review',
                'verbose_name_plural': 'held for review',
                'ordering': ['pk'],
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('campaigns.donation',),
        ),
        migrations.CreateModel(
            name='GuardCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32)),
                ('shard', models.PositiveSmallIntegerField()),
                ('tries', models.FloatField(default=0)),
                ('declined', models.FloatField(default=0)),
                ('paid', models.FloatField(default=0)),
                ('turned', models.FloatField(default=0, help_text='Asked to wait or to work, and not come through since.')),
                ('declined_long', models.FloatField(default=0)),
                ('paid_long', models.FloatField(default=0)),
                ('at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('key', 'shard'), name='a_key_is_counted_once_a_shard')],
            },
        ),
        migrations.CreateModel(
            name='GuardHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('shard', models.PositiveSmallIntegerField()),
                ('tries', models.PositiveIntegerField(default=0)),
                ('asked', models.PositiveIntegerField(default=0, help_text='Asked to wait or to work before going on.')),
                ('passed', models.PositiveIntegerField(default=0, help_text='Did so.')),
                ('refused', models.PositiveIntegerField(default=0, help_text='Below the raised minimum.')),
                ('held', models.PositiveIntegerField(default=0, help_text='Let through to be held for review.')),
                ('declined', models.PositiveIntegerField(default=0)),
                ('paid', models.PositiveIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('hour', 'shard'), name='an_hour_is_counted_once_a_shard')],
            },
        ),
        migrations.CreateModel(
            name='GuardState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField(choices=[(0, 'Normal'), (1, 'Slower'), (2, 'Proof of work'), (3, 'Proof of work, raised minimum'), (4, 'Held for review')], default=0)),
                ('since', models.DateTimeField(help_text='When this attack began; null without one.', null=True)),
                ('changed_at', models.DateTimeField(null=True)),
                ('pressed_at', models.DateTimeField(help_text='When there was last reason for this step.', null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('forced_step', models.PositiveSmallIntegerField(choices=[(0, 'Normal'), (1, 'Slower'), (2, 'Proof of work'), (3, 'Proof of work, raised minimum'), (4, 'Held for review')], null=True)),
                ('forced_until', models.DateTimeField(null=True)),
                ('normal_ratio', models.FloatField(default=0.1, help_text='The part of payments that is declined without an attack.')),
                ('normal_hours', models.JSONField(default=list, help_text='Payments begun in each hour of a usual week, Monday 0 h UTC first.')),
            ],
            options={
                'verbose_name': 'guard against card testing',
                'verbose_name_plural': 'guard against card testing',
                'permissions': [('steer_guardstate', 'Can set the step of the guard against card testing')],
                'default_permissions': ('view',),
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='the_guard_is_one'), models.CheckConstraint(condition=models.Q(('step__lte', 4)), name='the_guard_has_five_steps'), models.CheckConstraint(condition=models.Q(models.Q(('forced_step', None), ('forced_until', None)), models.Q(('forced_step__isnull', False), ('forced_until__isnull', False)), _connector='OR'), name='a_forced_step_ends')],
            },
        ),
        migrations.CreateModel(
            name='GuardTicket',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True)),
                ('donation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.donation')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='WaitingForm',
            fields=[
                ('token', models.UUIDField(primary_key=True, serialize=False)),
                ('path', models.CharField(help_text='Where the form is sent.', max_length=300)),
                ('email', models.EmailField(max_length=254)),
                ('fields', models.JSONField()),
                ('at', models.DateTimeField(db_index=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaign')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_at', models.DateTimeField()),
                ('wish', models.CharField(blank=True, choices=[('take', 'Take it'), ('let_go', 'Let it go')], max_length=6)),
                ('asked_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, help_text='What went wrong at the last try.', max_length=300)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('donation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hold', to='campaigns.donation')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(models.F('asked_at'), condition=models.Q(('wish', ''), _negated=True), name='holds_decided')],
                'constraints': [models.CheckConstraint(condition=models.Q(('wish', ''), ('asked_at__isnull', False), _connector='OR'), name='a_wish_about_a_hold_has_its_moment')],
            },
        ),
    ]
