import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("campaigns", "0111_groups_of_banking"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel('ReceiptSeries', 'OldReceiptSeries'),  # a series of its own for each entity takes its place
        migrations.AddField(
            model_name='receipt',
            name='prefix',
            field=models.CharField(blank=True, help_text="The entity's, when the number was given.", max_length=8),
        ),
        migrations.CreateModel(
            name='LegalEntity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, help_text="As it is registered. Empty: the masthead's name.", max_length=160)),
                ('address', models.TextField(blank=True, help_text='Printed at the head of receipts, line by line.', max_length=500)),
                ('registration', models.CharField(blank=True, help_text='For example “Registered charity 123456” or a tax number.', max_length=160, verbose_name='registration')),
                ('country', models.CharField(blank=True, help_text='ISO 3166, for example PE.', max_length=2)),
                ('prefix', models.CharField(blank=True, help_text='Stands before the year in its receipt numbers, for example DE: DE2026-000123. Each entity has another one.', max_length=8, validators=[django.core.validators.RegexValidator('^[A-Z]*$', 'Use capital letters from A to Z alone.')])),
                ('signature', models.TextField(blank=True, help_text='The last lines of a receipt: who answers for it, and in which office.', max_length=300)),
                ('years_kept', models.PositiveSmallIntegerField(default=10, help_text="For so many years after its own the law wants a receipt kept with the donor's name and address on it. Then they go, too, when the donor asked to be erased.", verbose_name='years kept')),
            ],
            options={
                'verbose_name_plural': 'legal entities',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('prefix'), name='legal_entities_number_apart'), models.CheckConstraint(condition=models.Q(('years_kept__lte', 100)), name='papers_are_not_kept_for_ever')],
            },
        ),
        migrations.AddField(
            model_name='campaign',
            name='entity',
            field=models.ForeignKey(help_text='Whom the gifts go to by law: it issues the receipts.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='campaigns.legalentity', verbose_name='legal entity'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='entity',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='campaigns.legalentity'),
        ),
        migrations.CreateModel(
            name='YearStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('donor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='campaigns.donor')),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='campaigns.legalentity')),
            ],
            options={
                'ordering': ['-pk'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='StatementVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('contents', models.JSONField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='campaigns.yearstatement')),
            ],
            options={
                'ordering': ['-version'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='EntityText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Spanish'), ('fr', 'French'), ('de', 'German'), ('it', 'Italian'), ('pt', 'Portuguese')], max_length=10)),
                ('country', models.CharField(blank=True, help_text='ISO 3166. Empty: every country without a text of its own.', max_length=2, verbose_name="donor's country")),
                ('receipt', models.TextField(blank=True, help_text='Above the amount. Plain text.', max_length=2000, verbose_name='receipt text')),
                ('tax', models.TextField(blank=True, help_text='What the tax office wants to read. Plain text.', max_length=4000, verbose_name='tax text')),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='campaigns.legalentity')),
            ],
            options={
                'ordering': ['language', 'country'],
                'constraints': [models.UniqueConstraint(fields=('entity', 'language', 'country'), name='an_entity_says_it_once')],
            },
        ),
        migrations.CreateModel(
            name='ReceiptSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('last_number', models.PositiveIntegerField(default=0)),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.legalentity')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entity', 'year'), name='a_year_of_receipts_is_one_series')],
            },
        ),
        migrations.CreateModel(
            name='ReceiptVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('contents', models.JSONField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='campaigns.receipt')),
            ],
            options={
                'ordering': ['-version'],
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('receipt', 'version'), name='a_version_of_a_receipt_is_made_once'), models.CheckConstraint(condition=models.Q(('version__gt', 0)), name='receipt_versions_start_at_one')],
            },
        ),
        migrations.CreateModel(
            name='StatementRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('donors', models.PositiveIntegerField(help_text='How many there were when it began.')),
                ('last_donor', models.BigIntegerField(default=0)),
                ('made', models.PositiveIntegerField(default=0)),
                ('corrected', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('without_address', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('problem', models.CharField(blank=True, help_text='What went wrong last.', max_length=300)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.legalentity')),
            ],
            options={
                'ordering': ['-pk'],
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('year', 'entity'), name='a_years_statements_are_made_by_one_run')],
            },
        ),
        migrations.AddConstraint(
            model_name='yearstatement',
            constraint=models.UniqueConstraint(fields=('donor', 'year', 'entity'), name='a_year_is_stated_once'),
        ),
        migrations.AddConstraint(
            model_name='statementversion',
            constraint=models.UniqueConstraint(fields=('statement', 'version'), name='a_version_of_a_statement_is_made_once'),
        ),
        migrations.AddConstraint(
            model_name='statementversion',
            constraint=models.CheckConstraint(condition=models.Q(('version__gt', 0)), name='statement_versions_start_at_one'),
        ),
    ]
