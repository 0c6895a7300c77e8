"""The ASGI application: HTTP to Django, WebSocket to the one consumer."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()  # before the consumer: its models need Django ready

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from config.clocks import by_the_right_clock  # noqa: E402
from config.serving.apart import answered_apart  # noqa: E402
from config.serving.line import in_line  # noqa: E402
from live.actions import sending_alongside  # noqa: E402
from live.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": answered_apart(in_line(sending_alongside(http))),
        "websocket": AllowedHostsOriginValidator(by_the_right_clock(URLRouter(websocket_urlpatterns))),
    }
)
