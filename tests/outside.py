"""What a process outside of the test is told so that it works on this worker's database and Redis."""

import os
from typing import Any

from django.conf import settings
from django.db import connection


def environment() -> dict[str, str]:
    """This process's environment, with the servers, the database of this moment, and the keys of the tests."""
    database: Any = settings.DATABASES["default"]
    layer: Any = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    return os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{connection.settings_dict['NAME']}?host={database['HOST']}",
        "REDIS_URL": layer["hosts"][0],
        "SECRET_KEY": settings.SECRET_KEY,
        "REDIS_PREFIX": layer["prefix"],
        "STEPWELL_DEMO": "1",
    }
