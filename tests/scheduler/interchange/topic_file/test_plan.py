"""What a file would change: only its own topics, and nothing that is said by command."""

from __future__ import annotations

from datetime import UTC, datetime

from scheduler.interchange.topic_file.plan import TopicFilePlan, plan
from scheduler.interchange.topic_file.records import FileTopic, Flaw, TopicFile
from storage.models.recipients import Channel, NewRecipient, Recipient, Routing, WatchMode
from storage.models.topics import NamedQuery, Topic

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ADDRESS = "a@example.org"
HOOK = "https://example.org/x"


def stored(name: str, query: str = "ferry", *told: Recipient, by: str | None = "desk") -> Topic:
    return Topic(1, name, query, NOON, told, managed_by=by)


def told(address: str = ADDRESS, routing: Routing = Routing()) -> Recipient:  # noqa: B008 - frozen
    channel = Channel.WEBHOOK if address.startswith("https") else Channel.EMAIL
    return Recipient(1, 1, channel, address, "old" if channel is Channel.WEBHOOK else None, routing)


def wanted(name: str, query: str = "ferry", *tell: NewRecipient) -> FileTopic:
    return FileTopic(("topic", 0), name, query, tell)


def planned(
    topics: list[FileTopic],
    before: list[Topic],
    *,
    named: dict[str, str] | None = None,
    kept: list[NamedQuery] | None = None,
    adopt: bool = False,
    remove_most: bool = False,
) -> tuple[TopicFilePlan, list[Flaw]]:
    file = TopicFile("desk", named or {}, tuple(topics))
    return plan(file, before, kept or [], adopt=adopt, remove_most=remove_most)


def test_what_is_new_is_added_and_what_is_gone_is_removed() -> None:
    found, flaws = planned([wanted("a"), wanted("b")], [stored("b"), stored("c")])
    assert flaws == []
    assert [topic.name for topic in found.added] == ["a"]
    assert [topic.name for topic in found.removed] == ["c"]
    assert (found.changed, found.same) == ((), 1)


def test_topics_of_other_files_and_of_commands_are_left_alone() -> None:
    found, flaws = planned([], [stored("b", by="sport"), stored("c", by=None)])
    assert found.is_empty
    assert flaws == []


def test_every_difference_is_said() -> None:
    routing = Routing(WatchMode.SPIKE, updates=True, time_zone="Asia/Tokyo")
    before = stored("a", "ship", told(ADDRESS), told("b@example.org"), told(HOOK))
    tell = (
        NewRecipient(Channel.EMAIL, ADDRESS, None, routing),
        NewRecipient(Channel.WEBHOOK, HOOK, "new"),
        NewRecipient(Channel.EMAIL, "c@example.org"),
    )
    found, _ = planned([wanted("a", "ferry", *tell)], [before])
    assert found.changed[0].says == (
        "query: ship -> ferry",
        "a@example.org: mode: every -> spike",
        "a@example.org: updates: false -> true",
        "a@example.org: time_zone: UTC -> Asia/Tokyo",
        "https://example.org/x: another secret",
        "tells c@example.org",
        "tells b@example.org no longer",
    )


def test_who_is_muted_or_snoozed_stays_so_and_a_secret_is_kept() -> None:
    quiet = Routing(muted=True, snoozed_until=NOON)
    before = stored("a", "ferry", told(HOOK, quiet))
    tell = NewRecipient(Channel.WEBHOOK, HOOK)
    same, _ = planned([wanted("a", "ferry", tell)], [before])
    assert same.is_empty
    changed, _ = planned([wanted("a", "ship", tell)], [before])
    [recipient] = changed.changed[0].recipients
    assert (recipient.secret, recipient.routing) == ("old", quiet)


def test_a_topic_that_is_not_the_files_own_is_refused_unless_it_is_to_be_taken_over() -> None:
    before = [stored("a", by=None), stored("b", by="sport")]
    _, flaws = planned([wanted("a"), wanted("b")], before)
    assert [flaw.says.partition("name ")[2] for flaw in flaws] == [
        "was added by hand",
        "is applied from the file 'sport'",
    ]
    assert all("--adopt" in flaw.remedy for flaw in flaws)
    found, flaws = planned([wanted("a"), wanted("b")], before, adopt=True)
    assert flaws == []
    assert [change.says for change in found.changed] == [
        ("taken over from the commands",),
        ("taken over from the file sport",),
    ]


def test_named_queries_are_added_changed_and_removed_with_the_file() -> None:
    kept = [
        NamedQuery("old", "x", NOON, "desk"),
        NamedQuery("same", "x", NOON, "desk"),
        NamedQuery("new", "x", NOON, "desk"),
        NamedQuery("other", "x", NOON),
    ]
    found, flaws = planned([], [], named={"same": "x", "new": "y", "first": "z"}, kept=kept)
    assert flaws == []
    assert [(each.name, each.before is None) for each in found.named] == [
        ("new", False),
        ("first", True),
    ]
    assert [each.name for each in found.named_removed] == ["old"]
    assert found.named_same == 1
    texts = {each.name: each.query for each in kept}
    assert found.named_after(texts) == {"same": "x", "new": "y", "first": "z", "other": "x"}


def test_a_named_query_that_is_not_the_files_own_is_refused_unless_it_is_to_be_taken_over() -> None:
    kept = [NamedQuery("russia", "kremlin", NOON)]
    _, [flaw] = planned([], [], named={"russia": "kremlin"}, kept=kept)
    assert flaw.key == ("named", "russia")
    found, flaws = planned([], [], named={"russia": "kremlin"}, kept=kept, adopt=True)
    assert flaws == []
    assert [each.name for each in found.named] == ["russia"]


def test_a_file_that_lost_most_of_its_topics_is_refused_unless_that_is_meant() -> None:
    before = [stored(f"t{n}") for n in range(30)]
    half, flaws = planned([wanted(f"t{n}") for n in range(15)], before)
    assert (len(half.removed), flaws) == (15, [])
    _, [flaw] = planned([wanted("t1")], before)
    assert "29 of the 30" in flaw.says
    gone, flaws = planned([], before, remove_most=True)
    assert (len(gone.removed), flaws) == (30, [])
