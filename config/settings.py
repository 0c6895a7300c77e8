"""Stepwell's settings: one file, the same everywhere; what differs comes from the environment (``config/env.py``)."""

import logging
from urllib.parse import parse_qs, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF

from config import embedded, env
from config.serving.logs import logging_settings

django_stubs_ext.monkeypatch()  # lets ModelAdmin[Bed] and friends be written at run time

BASE_DIR = env.ROOT
DEMO = env.demo()
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret_key()
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS")
BEHIND_PROXY = env.flag("BEHIND_PROXY")

INSTALLED_APPS = [
    "daphne",  # before staticfiles: it replaces runserver
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "simple_history",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "live",
    "documents",
    "audit",
    "staff",
    "programs",
    "privacy",
    "chart",
    "beds",
    "emar",
    "groups",
    "asam",
    "admissions",
    "fhir_r4",
    "config",
]

MIDDLEWARE = [
    "config.serving.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.clocks.ClockMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "config.handover.HandOverMiddleware",
    "config.desk.DeskMiddleware",
    "config.idle.IdleMiddleware",
    "config.second_factor.SecondFactorMiddleware",
    "config.glass.GlassMiddleware",
    "config.seeing.SeeingMiddleware",
    "config.ways.WaysMiddleware",
    "config.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.frame.frame",
                "config.signin.demo_roles",
            ],
            "builtins": ["config.templatetags.stepwell"],
        },
    }
]


# PostgreSQL and Redis


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps connections; Django's own keeping multiplies them under ASGI
        # a request waits 10 s for a connection, then says so (config/outages.py); the pool gives up a try to connect after 5 s,
        # so that the next request tries at once: its own pauses grow to a minute
        "OPTIONS": {
            "connect_timeout": 5,
            "pool": {"min_size": 1, "max_size": 24, "timeout": 10, "reconnect_timeout": 5},
        },
    }


DATABASES = {"default": _database(embedded.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [embedded.redis_url()],
            "prefix": env.text("REDIS_PREFIX", "stepwell"),
            "symmetric_encryption_keys": [SECRET_KEY],
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "config.counting.SteadyCache",
        "LOCATION": embedded.redis_url(),
        "KEY_PREFIX": env.text("REDIS_PREFIX", "stepwell"),
    }
}
STEPWELL_BOARDS = "config.boards.BOARDS"
STEPWELL_CONTRIBUTIONS = "config.contributions"
AUDIT_HIDES_SEARCHES = env.hides_searches()
COUNSELING_KEYS_FILE = env.counseling_keys_file()
COUNSELING_KEYS_MADE = env.makes_counseling_keys()

# Time: instants are UTC; every site has its own zone, set for each request by the desk.
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# Sign-in
AUTH_USER_MODEL = "staff.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "config.signin.ClosedDoor"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
}  # one address is a whole house at a change of shift
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
REQUIRE_SECOND_FACTOR = env.second_factor()
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Sessions end with a shift (config/idle.py), are listed and ended (staff/sessions.py), and lock when nobody touches them.
SESSION_ENGINE = "staff.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = env.text("SESSION_COOKIE_NAME", "stepwell_session")
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Static files
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.text("STATIC_ROOT") or None  # where collectstatic gathers for production
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.serving.static.HashedStorage"
        if STATIC_ROOT
        else "whitenoise.storage.CompressedStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = STATIC_ROOT is None  # a checkout serves its own static folders; nothing to collect

SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
SILENCED_SYSTEM_CHECKS: list[str] = []

logging.raiseExceptions = DEBUG  # a record that cannot be formatted is not printed with its values
LOGGING = logging_settings(
    json=env.text("LOG_FORMAT") == "json",
    level=env.text("LOG_LEVEL", "WARNING"),
    requests=env.logs_requests(),
    debug=DEBUG,
)
