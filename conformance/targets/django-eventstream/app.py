"""django-eventstream with its own storage: what is published goes to `send_event` as it came."""

import json
import os

import django
from django.conf import settings

SQLITE = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}
DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "OPTIONS": SQLITE}
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": DATABASE},
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    EVENTSTREAM_STORAGE_CLASS="django_eventstream.storage.DjangoModelStorage",
    INSTALLED_APPS=["django_eventstream"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="nobody signs anything here",
    USE_TZ=True,
)
django.setup()

from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import path
from django_eventstream import send_event
from django_eventstream.views import events


def publish(request, channel):
    fields = json.loads(request.body)
    send_event(channel, fields.get("event", "message"), fields["data"])
    return HttpResponse(status=201)


urlpatterns = [path("events/<channel>", events), path("publish/<channel>", publish)]
call_command("migrate", verbosity=0)
app = get_asgi_application()
