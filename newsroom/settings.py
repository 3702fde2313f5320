"""Every setting of the project, read from the environment once. README.md lists the variables."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from newsroom import cdn, mail, postgres, secret
from newsroom.environment import bracketed, choice, flag, hosts, local_address, number, time_zone

BASE_DIR = Path(__file__).resolve().parent.parent


VAR = Path(os.environ.get("NEWSROOM_VAR") or BASE_DIR / "var").expanduser().absolute()
PORT = number("PORT", 8000, least=1, most=65535)
HOST = os.environ.get("HOST") or "127.0.0.1"

# Without DATABASE_URL this is a trial: our own Postgres, mail into files, a pretended payment processor, plain HTTP.
TRIAL = not os.environ.get("DATABASE_URL")
PLAIN_HTTP = TRIAL or flag("INSECURE_LOCAL")  # bin/run asks for it beside a DATABASE_URL; never for readers elsewhere
DEBUG = flag("DEBUG")
DEMO = flag("NEWSROOM_DEMO", "1")

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not TRIAL:
        raise ImproperlyConfigured("SECRET_KEY is missing: with DATABASE_URL set, give the site its own secret key.")
    SECRET_KEY = secret.kept_in(VAR)
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()

SITE_URL = (os.environ.get("SITE_URL") or local_address(HOST, PORT)).rstrip("/")
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").replace(",", " ").split() if host]
if not ALLOWED_HOSTS and PLAIN_HTTP:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", bracketed(HOST)]

INSTALLED_APPS = [
    "newsroom.apps.NewsroomConfig",
    "newsroom.apps.DeskConfig",  # the stock admin, with our site class
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "taggit",
    "django_prose_editor",
    "articles",
    "campaigns",
    "digest",
    "demo",
]

MIDDLEWARE = [
    "newsroom.pages.keeping.Keeping",  # outside of all: a kept page has every header
    "django.middleware.csp.ContentSecurityPolicyMiddleware",  # outermost: the redirect to https carries the policy too
    "newsroom.bodies.Bodies",  # before anything reads a form
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # looks at no session by itself: kept pages stay the same for everybody
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

try:
    DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or postgres.url(VAR))}
except ValueError:
    raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host/name") from None
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {  # beside what the address says after its “?”
    "size": number("DATABASE_POOL", 8, least=1, most=1000),
    "timeout": 10,
}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a Postgres database: postgres://user:password@host/name")
DATABASES["default"]["ENGINE"] = "newsroom.database"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "newsroom_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # sign-in attempts are counted here: a flood must not push them out
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_RESET_TIMEOUT = 2 * 3600  # seconds in which the link of a forgotten password works
# Sign-in of the people at the desk (newsroom/people/), by django-allauth. Its own table of addresses stays empty.
ACCOUNT_ADAPTER = "newsroom.people.adapters.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds in which nobody is asked again before changing how they sign in
# Attempts to sign in to the desk, counted by newsroom/signin.py: for a name from one network, for a network in all.
ACCOUNT_RATE_LIMITS = {"desk_sign_in": "10/15m/key", "desk_sign_in_network": "100/15m/key"}
MFA_ADAPTER = "newsroom.people.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # steps of half a minute: telephones' clocks are not exact
ADMIN_REQUIRE_MFA = flag("ADMIN_REQUIRE_MFA")

LANGUAGE_CODE = os.environ.get("LANGUAGE_CODE") or "en"
LOCALE_PATHS = [BASE_DIR / "locale"]  # the labels: newsroom/tongues.py says how a page gets its language
FORMAT_MODULE_PATH = "newsroom.formats"
LANGUAGES = [
    ("en", "English"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("de", "German"),
    ("it", "Italian"),
    ("pt", "Portuguese"),
]
TIME_ZONE = time_zone("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = (os.environ.get("MEDIA_URL") or "/media/").rstrip("/") + "/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "newsroom.static.ManifestStorage"
    },
}
# Published pages as files (newsroom/pages/).
PAGES_ROOT = VAR / "pages"
PAGES_KEPT = flag("PAGES_KEPT", "0" if DEBUG else "1")
CDN = cdn.from_environment()  # None: nobody in front who is told what changed
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o644

# Uploaded pictures: what a decoder is asked to do at the most.
IMAGE_MAX_BYTES = 25 * 1024 * 1024
IMAGE_MAX_PIXELS = 60_000_000
IMAGE_MAX_SIDE = 12_000

EMAIL_URL = os.environ.get("EMAIL_URL", "")
OUTBOX = VAR / "outbox"
MAILERS = mail.mailers(EMAIL_URL, outbox=OUTBOX)
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "newsroom@localhost"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# name → (dotted path, arguments). The name stays on every gift, so history survives a processor's removal.
PROCESSORS: dict[str, tuple[str, dict[str, str]]] = {
    "offline": ("campaigns.processors.offline.Offline", {}),
}
if TRIAL or DEBUG:
    PROCESSORS = {"sandbox": ("campaigns.processors.sandbox.Sandbox", {}), **PROCESSORS}

if PAYPAL_CLIENT_ID := os.environ.get("PAYPAL_CLIENT_ID", ""):
    PAYPAL = {
        "client_id": PAYPAL_CLIENT_ID,
        "client_secret": os.environ.get("PAYPAL_CLIENT_SECRET", ""),
        "webhook_id": os.environ.get("PAYPAL_WEBHOOK_ID", ""),
        "api_base": os.environ.get("PAYPAL_API_BASE") or "https://api-m.paypal.com",
    }
    PROCESSORS = {"paypal": ("campaigns.processors.paypal.PayPal", PAYPAL), **PROCESSORS}
if STRIPE_SECRET_KEY := os.environ.get("STRIPE_SECRET_KEY", ""):
    STRIPE = {
        "secret_key": STRIPE_SECRET_KEY,
        "webhook_secret": os.environ.get("STRIPE_WEBHOOK_SECRET", ""),
        "api_base": os.environ.get("STRIPE_API_BASE", ""),
    }
    PROCESSORS = {"stripe": ("campaigns.processors.stripe.Stripe", STRIPE), **PROCESSORS}

# How many instalments the worker collects at once. Each takes one of the process's connections.
POOL = DATABASES["default"]["OPTIONS"]["pool"]["size"]
COLLECT_AT_ONCE = number("COLLECT_AT_ONCE", min(4, POOL), least=1, most=POOL)

PROCRASTINATE_ON_APP_READY = "newsroom.queue.adopt"

DIGEST_HOUR = number("DIGEST_HOUR", 7, least=0, most=23)  # in TIME_ZONE

# PeerTube is run by many: those from which articles show videos. Of Mastodon and Bluesky nothing is shown in a frame.
PEERTUBE_HOSTS = hosts("PEERTUBE_HOSTS")
FRAMES = ["www.youtube-nocookie.com", "player.vimeo.com", "w.soundcloud.com", "www.openstreetmap.org", "datawrapper.dwcdn.net"]

SECURE_CSP = {
    "default-src": [CSP.SELF],
    # The nonce stands in the header only where a page used it: the editor's import map, on admin pages.
    "script-src": [CSP.SELF, CSP.NONCE],
    # Pictures may live on a host of their own (object storage, a CDN): then that one, and no other.
    "img-src": [CSP.SELF, *(["{0.scheme}://{0.netloc}".format(urlsplit(MEDIA_URL))] if "://" in MEDIA_URL else [])],
    # Players that a reader asked for by a button (articles/embeds.py), and nothing before.
    "frame-src": [CSP.SELF, *(f"https://{host}" for host in [*FRAMES, *PEERTUBE_HOSTS])],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "newsroom.desk.too_old"
SESSION_COOKIE_AGE = 14 * 24 * 3600
# Two copies on one host share a cookie jar: the port keeps their sign-ins apart.
SESSION_COOKIE_NAME = f"sessionid{PORT}" if PLAIN_HTTP else "sessionid"
CSRF_COOKIE_NAME = f"csrftoken{PORT}" if PLAIN_HTTP else "csrftoken"

# How many proxies of ours stand in front and add the visitor's address to X-Forwarded-For. 0: the header is not believed.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or 0)

if not PLAIN_HTTP:
    SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", "1")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", "1") else None
    SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", 365 * 24 * 3600, least=0, most=10 * 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", "1")
    SECURE_HSTS_PRELOAD = flag("SECURE_HSTS_PRELOAD", "1")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

TAGGIT_CASE_INSENSITIVE = True
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = False  # an address in the reader’s own script

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"tokens": {"()": "newsroom.logs.WithoutTokens"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {"handlers": ["stderr"], "level": choice("LOG_LEVEL", "INFO", LOG_LEVELS)},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},  # at INFO its SDK writes the texts of errors, which may hold a donor's address
        "psycopg.pool": {"level": "ERROR"},  # the worker's: it tells of each attempt to reach a database that is gone
    },
}
