import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0008_search_knows_the_configuration'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('latest', 'Latest'), ('section', 'Section'), ('tag', 'Tag'), ('author', 'Author')], max_length=7)),
                ('key', models.BigIntegerField(help_text='Of the section, tag or author; 0 for the whole site.')),
                ('bucket', models.DateField()),
                ('change', models.IntegerField()),
                ('folded', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name_plural': 'tallies',
            },
        ),
        migrations.AddField(
            model_name='byline',
            name='published_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='taggedarticle',
            name='published_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='article',
            index=django.contrib.postgres.indexes.GinIndex(models.F('search'), condition=models.Q(('status', 'published'), _negated=True), name='unpublished_text'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('status'), models.OrderBy(models.F('id'), descending=True), name='by_status_newest_first'),
        ),
        migrations.AddIndex(
            model_name='byline',
            index=models.Index(models.F('author'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('article'), descending=True), condition=models.Q(('published_at__isnull', False)), name='published_by_author'),
        ),
        migrations.AddIndex(
            model_name='taggedarticle',
            index=models.Index(models.F('tag'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('content_object'), descending=True), condition=models.Q(('published_at__isnull', False)), name='published_with_tag'),
        ),
        migrations.AddIndex(
            model_name='tally',
            index=models.Index(models.F('kind'), models.F('key'), models.F('bucket'), include=('change',), name='tally_of_a_list'),
        ),
        migrations.AddIndex(
            model_name='tally',
            index=models.Index(models.F('kind'), models.F('key'), models.F('bucket'), condition=models.Q(('folded', False)), name='tally_to_fold'),
        ),
    ]
