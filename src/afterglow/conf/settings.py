"""Settings.  Everything that differs between installations comes from the environment; nothing secret has a default.

SQLite opens with WAL, synchronous=FULL and IMMEDIATE transactions; PostgreSQL keeps fsync and synchronous_commit on: an acknowledged
write survives a crash.  `ATOMIC_REQUESTS` is never set: each page would take SQLite's write lock.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlparse

KEEP_OPEN_S = 60
"""A thread of the server keeps its SQLite connection between requests, and opens it anew after a minute (`conf/kept_threads.py`)."""
PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("AFTERGLOW_HOME", Path.cwd() / ".afterglow")).resolve()
KEY_FILE = HOME / "keys" / "data.key"
PSEUDONYM_KEY_FILE = HOME / "keys" / "pseudonyms.key"


def _secret_key() -> str:
    given = os.environ.get("AFTERGLOW_SECRET_KEY")
    if given:
        return given
    path = HOME / "keys" / "login.key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    """`sqlite:///path/to/file` or `postgres://user:password@host:port/name` (a `host` that starts with / is a socket folder)."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "CONN_MAX_AGE": KEEP_OPEN_S,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 20}} if os.environ.get("AFTERGLOW_POOL", "on") == "on" else {},
        }
    raise SystemExit(f"AFTERGLOW_DATABASE_URL starts with {parts.scheme!r}; use sqlite:///file or postgres://user@host/name.")


def _mail(url: str) -> dict[str, object]:
    """`smtp://user:password@host:587` (STARTTLS), `smtps://...` (TLS from the start), `smtp+plain://127.0.0.1:25` for a relay on this machine only."""
    parts = urlparse(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+plain"} or not parts.hostname:
        raise SystemExit("AFTERGLOW_SMTP_URL must be smtp://user:password@host:587, smtps://user:password@host:465 or smtp+plain://127.0.0.1:25.")
    if parts.scheme == "smtp+plain" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit("AFTERGLOW_SMTP_URL would send pages unencrypted to another machine; use smtp:// or smtps://.")
    return {
        "host": parts.hostname,
        "port": parts.port or {"smtp": 587, "smtps": 465, "smtp+plain": 25}[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp",
        "use_ssl": parts.scheme == "smtps",
    }


MAIL = _mail(os.environ["AFTERGLOW_SMTP_URL"]) if os.environ.get("AFTERGLOW_SMTP_URL") else None
MAIL_FROM = os.environ.get("AFTERGLOW_MAIL_FROM", "")
SMS_URL = os.environ.get("AFTERGLOW_SMS_URL", "")
SMS_KEY = os.environ.get("AFTERGLOW_SMS_KEY", "")
PUBLIC_ADDRESS = os.environ.get("AFTERGLOW_ADDRESS", "").rstrip("/")
if PUBLIC_ADDRESS and not (PUBLIC_ADDRESS.startswith("https://") or urlparse(PUBLIC_ADDRESS).hostname in {"127.0.0.1", "localhost", "::1"}):
    raise SystemExit("AFTERGLOW_ADDRESS must start with https://: personal links would travel unencrypted.")
if MAIL and not MAIL_FROM:
    raise SystemExit("AFTERGLOW_SMTP_URL is set, and AFTERGLOW_MAIL_FROM is not: name the address that e-mails come from.")
if SMS_URL and not (SMS_URL.startswith("https://") or urlparse(SMS_URL).hostname in {"127.0.0.1", "localhost", "::1"}):
    raise SystemExit("AFTERGLOW_SMS_URL must start with https://: numbers and texts would travel unencrypted.")
SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("AFTERGLOW_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("AFTERGLOW_ORIGINS", "").split(",") if origin]
DATABASES = {"default": _database(os.environ.get("AFTERGLOW_DATABASE_URL", f"sqlite:///{HOME}/afterglow.sqlite3"))}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_cotton.apps.SimpleAppConfig",
    "afterglow.conf.apps.Accounts",
    "afterglow.conf.apps.Access",
    "afterglow.conf.apps.Audit",
    "afterglow.conf.apps.Writes",
    "afterglow.conf.apps.Keys",
    "afterglow.conf.apps.Content",
    "afterglow.conf.apps.Face",
    "afterglow.conf.apps.Chart",
    "afterglow.conf.apps.Flags",
    "afterglow.conf.apps.Messages",
    "afterglow.conf.apps.Staff",
    "afterglow.conf.apps.Measures",
    "afterglow.conf.apps.Schedule",
    "afterglow.conf.apps.Cabinet",
    "afterglow.conf.apps.Adverse",
    "afterglow.conf.apps.Enquiry",
    "afterglow.conf.apps.Screening",
    "afterglow.conf.apps.Consent",
    "afterglow.conf.apps.Plan",
    "afterglow.conf.apps.Session",
    "afterglow.conf.apps.Integration",
    "afterglow.conf.apps.Response",
    "afterglow.conf.apps.Aftercare",
    "afterglow.conf.apps.Registry",
    "afterglow.conf.apps.Desk",
    "afterglow.conf.apps.Portal",
    "afterglow.conf.apps.Exchange",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "afterglow.conf.static.StaticMiddleware",
    "afterglow.conf.turnstile.TurnstileMiddleware",
    "afterglow.conf.middleware.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "afterglow.ground.access.middleware.ActorMiddleware",
    "afterglow.conf.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "afterglow.conf.urls"
ASGI_APPLICATION = "afterglow.conf.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "afterglow.ground.face.templatetags.parts",
                "afterglow.ground.face.templatetags.addresses",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "afterglow.conf.context.page",
            ],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "afterglow.ground.face.widgets.PlainInputs"

AUTH_USER_MODEL = "ground_accounts.User"
AUTHENTICATION_BACKENDS = ["afterglow.ground.accounts.backend.LoginBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # R21: a FIPS profile may put this first
]
LOGIN_URL = "accounts:sign_in"
SESSION_ENGINE = "afterglow.conf.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "afterglow_login"
CSRF_COOKIE_NAME = "afterglow_csrf"
BEHIND_TLS = os.environ.get("AFTERGLOW_TLS", "off") == "on"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "afterglow.conf.errors.csrf_failure"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = True
LANGUAGES = [("en-us", "English")]  # the pages' own; one more for each catalog of messages below that is complete and checked
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "ground" / "face" / "locale"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
TEST_RUNNER = "django.test.runner.DiscoverRunner"


def _static_digest(folder: Path) -> str:
    """The address of static files names their content, so that an upgraded page never runs an old script."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


STATIC_URL = f"/static/{_static_digest(PACKAGE / 'ground' / 'face' / 'static')}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_INDEX_FILE = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django logs the path of every 4xx and 5xx; paths hold opaque ids only, but its own request log also holds the exception's values.
    "loggers": {"django.request": {"handlers": [], "propagate": False}, "django.security": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]
