"""What Channels' own pages teach: a consumer that joins a group, and ``group_send`` to it. Over both layers of channels_redis,
without encryption, sessions or sign-in: the fastest it can be.

``POST /core`` or ``/pubsub`` sends its body to the group and answers ``{"began": seconds}`` (``time.perf_counter``).
"""

import os

import django
from django.conf import settings

_CONFIG = {"hosts": [os.environ["REDIS_URL"]], "prefix": f"{os.environ.get('REDIS_PREFIX', 'bench')}-stock"}
settings.configure(
    CHANNEL_LAYERS={
        "core": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": _CONFIG},
        "pubsub": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": _CONFIG},
    }
)
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  after the settings
from django.urls import path  # noqa: E402

from bench.load.consumers import Core, PubSub, tell  # noqa: E402

application = ProtocolTypeRouter(
    {"http": tell, "websocket": URLRouter([path("core/", Core.as_asgi()), path("pubsub/", PubSub.as_asgi())])}
)
