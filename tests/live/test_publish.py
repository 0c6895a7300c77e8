"""What an announcement promises: a number in the transaction, a message after it, and never a failed write."""

import asyncio
import threading
import time
from typing import Any

import pytest
import redis
from channels.db import database_sync_to_async
from channels.layers import channel_layers
from django.contrib.auth.models import Group
from django.db import connection, transaction

from live.actions import current_seq, publish, recheck, sending_alongside
from live.boards import NoSuchBoard, find
from live.models import Topic
from tests.live import tiny


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        publish({"tiny.1": ["line:1"]})
    assert current_seq("tiny.1") == 0


@pytest.mark.django_db
def test_each_announcement_counts_its_topics_by_one() -> None:
    publish({"tiny.2": ["line:1"], "tiny.1": []})
    publish({"tiny.1": ["line:1", "line:1"]})
    assert (current_seq("tiny.1"), current_seq("tiny.2"), current_seq("tiny.3")) == (2, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["", "with space", "a" * 90, "tiny.é", "tiny/1", "tiny.1\n"])
def test_a_topic_channels_would_refuse_is_refused_here(topic: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        publish({topic: []})


@pytest.mark.django_db
@pytest.mark.parametrize("keys", [["12"], ["bed:"], [":1"], ["bed 1:1"], "bed:12"])
def test_a_key_without_a_name_is_refused(keys: Any) -> None:
    with pytest.raises(ValueError, match="key"):
        publish({"tiny.1": keys})


@pytest.mark.django_db(transaction=True)
def test_a_rollback_announces_nothing_and_takes_no_number(sent: list[dict[str, Any]]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish({"tiny.1": ["line:1"]})
        raise ZeroDivisionError
    assert sent == []
    assert current_seq("tiny.1") == 0


@pytest.mark.django_db(transaction=True)
def test_the_message_leaves_after_the_commit_and_carries_keys_only(sent: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        publish({"tiny.1": ["line:2", "line:1"]})
        assert sent == []
    assert abs(time.time() - sent[0].pop("at")) < 60, "when it was committed"
    assert sent == [{"type": "live.changed", "topic": "tiny.1", "seq": 1, "keys": ["line:1", "line:2"]}]


@pytest.mark.django_db(transaction=True)
def test_more_changes_than_are_worth_naming_mean_the_whole_board(sent: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        publish({"tiny.1": [f"line:{n}" for n in range(101)]})
    assert sent[0]["keys"] == []


@pytest.mark.django_db(transaction=True)
def test_recheck_speaks_of_the_person(sent: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        recheck(7)
    assert (sent[0]["topic"], sent[0]["keys"]) == ("live.person.7", [])


@pytest.mark.django_db(transaction=True)
def test_the_order_of_numbers_is_the_order_of_commits() -> None:
    """The second transaction waits at the topic for the first: when it has its number, it sees what the first wrote."""
    found: list[tuple[int, bool]] = []
    inside = threading.Event()

    def first() -> None:
        with transaction.atomic():
            Group.objects.create(name="first")
            publish({"tiny.1": []})
            inside.set()
            time.sleep(0.4)
        connection.close()

    def second() -> None:
        with transaction.atomic():
            publish({"tiny.1": []})
            found.append((current_seq("tiny.1"), Group.objects.filter(name="first").exists()))
        connection.close()

    earlier, later = threading.Thread(target=first), threading.Thread(target=second)
    earlier.start()
    assert inside.wait(5)
    later.start()
    earlier.join(10)
    later.join(10)
    assert found == [(2, True)]


class Broken:
    """A layer whose Redis is gone, or does not answer."""

    def __init__(self, *, hangs: bool) -> None:
        self.hangs = hangs

    async def group_send(self, group: str, message: object) -> None:
        if self.hangs:
            await asyncio.sleep(60)
        raise ConnectionError("Redis is gone")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hangs", [False, True])
def test_a_broken_or_hanging_redis_never_fails_a_committed_write(
    hangs: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("live.actions.PATIENCE", 0.2)
    channel_layers.set("default", Broken(hangs=hangs))
    with transaction.atomic():
        Group.objects.create(name="written")
        publish({"tiny.1": [], "tiny.2": []})
    assert Group.objects.filter(name="written").exists()
    assert current_seq("tiny.1") == 1
    assert "Not announced" in caplog.text


@pytest.mark.django_db(transaction=True)
async def test_a_request_is_answered_while_redis_has_not_answered() -> None:
    """The channel layer answers only after the request: who waited for it would wait for ever."""
    answered, sent = asyncio.Event(), list[str]()

    class Slow:
        async def group_send(self, group: str, message: object) -> None:
            await answered.wait()
            sent.append(group)

    def write(topic: str) -> None:
        with transaction.atomic():
            publish({topic: []})

    async def view(scope: Any, receive: Any, send: Any) -> None:
        for topic in ("tiny.2", "tiny.1"):
            await database_sync_to_async(write)(topic)

    channel_layers.set("default", Slow())
    await sending_alongside(view)({}, None, None)
    assert sent == []
    answered.set()
    async with asyncio.timeout(5):
        while len(sent) < 2:
            await asyncio.sleep(0)
    assert sent == ["tiny.2", "tiny.1"]


@pytest.mark.django_db(transaction=True)
async def test_a_request_never_hears_of_a_broken_redis(caplog: pytest.LogCaptureFixture) -> None:
    def write() -> None:
        with transaction.atomic():
            publish({"tiny.1": []})

    async def view(scope: Any, receive: Any, send: Any) -> None:
        await database_sync_to_async(write)()

    channel_layers.set("default", Broken(hangs=False))
    await sending_alongside(view)({}, None, None)
    async with asyncio.timeout(5):
        while "Not announced; pages find out by their numbers: tiny.1" not in caplog.text:
            await asyncio.sleep(0)


@pytest.mark.django_db(transaction=True)
def test_a_command_without_an_event_loop_reaches_redis_every_time(settings: Any) -> None:
    config = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    line = redis.from_url(config["hosts"][0]).pubsub()  # type: ignore[no-untyped-call]
    line.subscribe(f"{config['prefix']}__group__tiny.1")
    for _ in range(3):
        with transaction.atomic():
            publish({"tiny.1": []})
    arrived = [line.get_message(timeout=2) for _ in range(4)]
    assert [message["type"] for message in arrived if message] == ["subscribe", "message", "message", "message"]
    line.close()


@pytest.mark.django_db
def test_a_topic_says_where_it_is() -> None:
    publish({"tiny.1": []})
    assert str(Topic.objects.get()) == "tiny.1 at 1"


def test_a_board_is_found_by_its_name() -> None:
    assert find("tiny") is tiny.TINY
    with pytest.raises(NoSuchBoard):
        find("nowhere")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is handed to the channel layer."""
    messages: list[dict[str, Any]] = []

    class Layer:
        async def group_send(self, group: str, message: dict[str, Any]) -> None:
            assert group == message["topic"]
            messages.append(message)

    channel_layers.set("default", Layer())
    return messages
