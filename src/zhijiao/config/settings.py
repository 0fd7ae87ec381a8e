"""Django settings. Everything that differs between machines comes from the environment (docs/adr/0001-repository-and-setup.md lists it)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from zhijiao.core import environment
from zhijiao.core.database import django_database
from zhijiao.core.errors import Misconfigured
from zhijiao.core.files import secret_key_path


def _secret_key() -> str:
    """Return the signing key: named, or kept in the data folder, or, where nothing runs yet, one for this process."""
    named = environment.text("ZHIJIAO_SECRET_KEY")
    if named:
        return named
    if environment.database_url() is not None:
        # Several machines may share a server; a key made up by each would break what the others signed.
        raise Misconfigured(
            "使用 DATABASE_URL 时必须设置 ZHIJIAO_SECRET_KEY（一段 50 个字符以上的随机文字）。"
        )
    kept = secret_key_path(environment.data_folder())
    return kept.read_text(encoding="utf-8") if kept.exists() else secrets.token_urlsafe(48)


SECRET_KEY = _secret_key()
DEBUG = environment.flag("ZHIJIAO_DEBUG")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *environment.listed("ZHIJIAO_ALLOWED_HOSTS")]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "zhijiao.core.accounts.lockout_app.LockoutConfig",
    "pgtrigger",
    "zhijiao.core",
    "zhijiao.policy",
    "zhijiao.registry",
    "zhijiao.exchange",
    "zhijiao.records",
    "zhijiao.indicators",
    "zhijiao.admissions",
    "zhijiao.supervision",
    "zhijiao.planning",
    "zhijiao.portal",
    "zhijiao.api",
    "zhijiao.config",
]

MIDDLEWARE = [
    "zhijiao.core.timing.server_timing",
    "django.middleware.security.SecurityMiddleware",
    "zhijiao.core.headers.browser_policy",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "zhijiao.portal.lost.to_the_form",
    "zhijiao.portal.account.detour.Detour",
    "zhijiao.core.access.sessions.Identify",
]
AUTH_USER_MODEL = "core.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "zhijiao.core.accounts.validators.OwnRules"},
    {"NAME": "zhijiao.core.accounts.validators.NotCommon"},
]
# Roles that cannot work without a second factor; "none" in the environment asks it of nobody.
SECOND_FACTOR_ROLES = [
    role
    for role in environment.listed("ZHIJIAO_SECOND_FACTOR_ROLES")
    or ["system_administrator", "security_administrator", "auditor"]
    if role != "none"
]
# Failures count per name and address together: one person cannot lock out an office that shares an address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_SENSITIVE_PARAMETERS = ["username", "password", "code", "csrfmiddlewaretoken"]
AXES_CLIENT_IP_CALLABLE = "zhijiao.core.access.address.client_address"
AXES_VERBOSE = False
# Behind our own proxy: its last address of X-Forwarded-For is the browser's, and it says whether TLS was used.
BEHIND_PROXY = environment.flag("ZHIJIAO_BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_COOKIES = environment.flag("ZHIJIAO_HTTPS")
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
CSRF_TRUSTED_ORIGINS = environment.listed("ZHIJIAO_TRUSTED_ORIGINS")
# Where people reach the pages: notices that leave the product link there.
SITE_ADDRESS = environment.text("ZHIJIAO_ADDRESS").rstrip("/")
WORK_NOTICES = environment.flag("ZHIJIAO_STAFF_NOTICES")
SESSION_IDLE_SECONDS = 60 * int(environment.text("ZHIJIAO_IDLE_MINUTES") or 60)
# A working day; the browser forgets it when it is closed.
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

ROOT_URLCONF = "zhijiao.config.urls"
WSGI_APPLICATION = "zhijiao.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "zhijiao.portal.jinja.environment"},
    },
]

DATABASES = {"default": django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One language, one clock: the documents are Chinese and their days are Shanghai's.
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Background jobs stand in each app's jobs.py: "tasks" are what a policy document orders.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# In production granian serves /static/ from the portal's folder; in tests Django does, from the same one.
STATIC_URL = "/static/"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"not_probes": {"()": "zhijiao.core.health.NotProbes"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Otherwise Django writes server errors only to mail when DEBUG is off, and each 404 as a warning.
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR", "filters": ["not_probes"]},
    },
}
