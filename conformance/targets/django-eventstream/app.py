"""django-eventstream with its own storage: what is published goes to `send_event` as it came."""

import os

import django
from django.conf import settings

SQLITE = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}
DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "OPTIONS": SQLITE}
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": DATABASE},
    EVENTSTREAM_STORAGE_CLASS="django_eventstream.storage.DjangoModelStorage",
    INSTALLED_APPS=["django_eventstream"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="nobody signs anything here",
)
django.setup()

from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import path
from django_eventstream import send_event
from django_eventstream.views import events, get_listener_manager


def publish(request, channel):
    send_event(channel, request.POST.get("event", "message"), request.POST["data"])
    return HttpResponse(status=201)


def readers(_):
    return HttpResponse(str(sum(map(len, [*get_listener_manager().listeners_by_channel.values()]))))


urlpatterns = [path("events/<channel>", events), path("publish/<channel>", publish), path("readers", readers)]
call_command("migrate", verbosity=0)
app = get_asgi_application()
