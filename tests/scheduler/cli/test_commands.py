"""What each command answers, on a store with something in every state."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.crawl import fetches
from storage.delivery import alerts, endpoints, outbox
from storage.models.deliveries import Draft, Endpoint
from storage.models.fetches import Fetch
from storage.models.recipients import Channel
from storage.process.lock import data_lock
from storage.sql.database import Database
from storage.stories import stories
from tests.scheduler.cli.conftest import Said, Wirewatch
from tests.scheduler.web.world import NAUGHTY, NOW, make_stale

LONG_AGO = "90000d"
SINCE = ("--since", LONG_AGO)


@pytest.fixture
def ask(wirewatch: Wirewatch, data: Path) -> Wirewatch:
    """Run a command on the filled store; it has to succeed, or fail with this status."""

    def run(*arguments: str, fails: int = 0) -> Said:
        said = wirewatch("--data", str(data), *arguments)
        assert said.status == fails, said.err
        return said

    return run


def test_sources_are_listed_with_their_state(ask: Wirewatch) -> None:
    listed = ask("source", "list", "--json").json
    assert {source["state"] for source in listed} == {"healthy", "failing", "paused"}
    herald = listed[0]
    assert herald["url"] == "https://herald.example/feed.xml"
    assert herald["last_success_at"] == "2026-06-01T11:56:00+00:00"
    header, first, *_ = ask("source", "list").out.splitlines()
    assert header.split("\t")[:3] == ["id", "title", "feed"]
    assert "2026-06-01 11:56:00 UTC" in first


def test_all_of_a_source_is_shown(ask: Wirewatch) -> None:
    shown = ask("source", "show", "1").out
    assert "https://herald.example/feed.xml" in shown
    assert "next visit" in shown
    assert "rhythm: " in shown
    facts = ask("source", "show", "1", "--json").json
    assert facts["source"]["id"] == 1
    assert isinstance(facts["fetches"], list)


@pytest.mark.parametrize("named", ["1", "https://herald.example/feed.xml", "Harbor Herald"])
def test_a_source_is_paused_resumed_and_removed_by_id_address_or_title(
    ask: Wirewatch, named: str
) -> None:
    def states() -> dict[int, str]:
        return {s["id"]: s["state"] for s in ask("source", "list", "--json").json}

    ask("source", "pause", named)
    assert states()[1] == "paused"
    ask("source", "resume", named)
    assert states()[1] == "healthy"
    ask("source", "remove", named)
    assert 1 not in states()


@pytest.mark.parametrize(("given", "kept"), [("500", 500), ("0", 0), ("default", None)])
def test_a_source_has_a_budget_of_its_own(ask: Wirewatch, given: str, kept: int | None) -> None:
    ask("source", "budget", "1", given)
    assert ask("source", "list", "--json").json[0]["daily_budget"] == kept


def test_a_budget_that_is_no_number_is_refused(wirewatch: Wirewatch, data: Path) -> None:
    said = wirewatch("--data", str(data), "source", "budget", "1", "-3x")
    assert said.status == 2


def test_politeness_is_proved_and_a_broken_rule_fails(wirewatch: Wirewatch, data: Path) -> None:
    line = Fetch(
        url="https://polite.example/a",
        host="polite.example",
        source_id=1,
        page_id=1,
        at=NOW,
        seconds=0.5,
        status=200,
        size=10,
        outcome="ok",
        domain="polite.example",
        gap=1.0,
    )
    later = replace(line, at=NOW + timedelta(seconds=2))
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        fetches.add(conn, [line, later])
    asked = ("--data", str(data), "politeness", *SINCE, "--host", "polite.example")
    said = wirewatch(*asked)
    assert said.status == 0, said.out + said.err
    assert "no rule was broken" in said.out
    assert "not proved: 2 pages of hosts whose robots.txt is not kept" in said.out
    with db.begin() as conn:
        fetches.add(conn, [replace(line, at=NOW + timedelta(seconds=2.6), url=line.url + "b")])
    db.close()
    said = wirewatch(*asked, "--json")
    assert said.status == 1
    assert said.json["holds"] is False
    [broken] = said.json["broken"]
    assert broken["line"]["url"] == "https://polite.example/ab"
    assert "https://polite.example/ab" in wirewatch(*asked).out


def test_what_is_not_there_is_said_with_the_command_that_lists(
    wirewatch: Wirewatch, data: Path
) -> None:
    for arguments, advice in (
        (("source", "pause", "99"), "source list"),
        (("source", "check", "99"), "source list"),
        (("topic", "remove", "none"), "topic list"),
        (("story", "show", "99"), "story list"),
        (("alert", "show", "none"), "alert list"),
        (("delivery", "replay", "99"), "delivery list"),
        (("stats", "--by", "host"), "stats --lag --by source"),
    ):
        said = wirewatch("--data", str(data), *arguments)
        assert said.status == 2, arguments
        assert advice in said.err


def test_a_topic_is_added_with_a_secret_that_is_shown_once(ask: Wirewatch) -> None:
    said = ask(
        *("topic", "add", "harbour", "--query", "harbour OR ferry"),
        *("--email", "a@example.org", "--webhook", "https://hooks.example.org/x?key=1"),
    )
    [secret] = [line for line in said.out.splitlines() if "whsec_" in line]
    assert len(base64.b64decode(secret.partition("whsec_")[2])) >= 24
    assert "email.host" in said.err, "nobody would get the mail yet"
    [_, added] = ask("topic", "list", "--json").json
    assert [r["address"] for r in added["recipients"]] == [
        "a@example.org",
        "https://hooks.example.org/x?key=1",
    ]
    assert "whsec_" not in ask("topic", "list", "--json").out
    assert "whsec_" not in ask("topic", "list").out


@pytest.mark.parametrize(
    "wrong",
    [
        ("--query", 'ferry AND "', "--email", "a@example.org"),
        ("--query", "NOT ferry"),
        ("--query", "ferry", "--email", "nobody"),
        ("--query", "ferry", "--email", "a@example.org\nBcc: b@example.org"),
        ("--query", "ferry", "--webhook", "ftp://hooks.example.org/"),
        ("--query", "ferry", "--webhook", "https://hooks.example.org:22/"),
    ],
    ids=lambda wrong: wrong[-1],
)
def test_a_topic_that_can_not_work_is_refused(
    wirewatch: Wirewatch, data: Path, wrong: tuple[str, ...]
) -> None:
    said = wirewatch("--data", str(data), "topic", "add", "x", *wrong)
    assert said.status == 2
    assert len(wirewatch("--data", str(data), "topic", "list", "--json").json) == 1


def test_a_query_is_tried_on_what_is_stored_without_saving_it(ask: Wirewatch) -> None:
    tried = ask("topic", "test", "library AND bells", *SINCE, "--json").json
    assert [match["title"] for match in tried["matches"]] == [
        "Council votes to keep the library’s bells"
    ]
    assert tried["matches"][0]["clauses"] == ["library", "bells"]
    assert "ferries" in ask("topic", "list").out
    assert "topic ferries: ferry\n9 articles" in ask("topic", "test", "ferries", *SINCE).out


def test_a_fold_is_corrected_by_hand_and_undone(ask: Wirewatch) -> None:
    folded = max(ask("story", "list", "--json").json, key=lambda story: len(story["copies"]))
    copy = folded["copies"][0]["url"]
    new = ask("story", "split", str(folded["id"]), copy, "--json").json["new_story"]
    assert ask("story", "show", str(new), "--json").json["original"]["url"] == copy
    said = ask("story", "merge", str(folded["id"]), str(new)).out
    assert f"story {folded['id']} holds" in said
    undo = said.partition("to undo it: wirewatch ")[2].split()
    assert undo == ["story", "split", str(folded["id"]), str(folded["copies"][0]["id"])]
    assert len(ask("story", "show", str(new), "--json").json["copies"]) == len(folded["copies"])
    assert "put together by an operator on" in ask("story", "show", str(new)).out


def test_a_story_is_shown_with_its_original_copies_and_evidence(ask: Wirewatch) -> None:
    listed = ask("story", "list", "--json").json
    folded = max(listed, key=lambda story: len(story["copies"]))
    said = ask("story", "show", str(folded["id"])).out
    assert "original: https://herald.example/" in said
    assert said.count("https://farm.example/") >= 3
    assert "contains" in said
    shown = ask("story", "show", str(folded["id"]), "--json").json
    assert all(copy.pop("alignment")["parts"] for copy in shown["copies"])
    assert all(copy.pop("alignment") is None for copy in folded["copies"])
    assert shown == folded


def test_each_copy_of_a_story_is_told_in_parts(ask: Wirewatch) -> None:
    said = ask("story", "show", "1").out
    assert "article 3, News 24 Daily Now: 102 words of its own on top, then all 141 words" in said
    assert (
        "article 4, Torvel Gazette: 68 of 141 words of Harbor Herald's text; 73 words cut" in said
    )
    assert "wirewatch story compare ARTICLE" in said


def test_a_copy_is_read_with_signs_where_there_are_no_colours(ask: Wirewatch) -> None:
    head, _, text = ask("story", "compare", "2").out.partition("~>its own~~}\n")
    assert "beside article 1, https://herald.example/" in head
    assert "135 of 141 words of Harbor Herald's text; 6 words edited" in head
    assert text.strip().startswith("{==The harbour board")
    assert "its last ==}{~~diesel~>otherwise~~}{== ferry" in text
    assert "{--" in ask("story", "compare", "4").out
    assert "{++" in ask("story", "compare", "https://farm.example/2").out


def test_a_copy_is_compared_in_json_by_characters(ask: Wirewatch) -> None:
    compared = ask("story", "compare", "4", "--json").json
    assert (compared["article_id"], compared["of_article_id"], compared["unit"]) == (4, 1, "words")
    shared, cut = compared["parts"]
    assert (shared["kind"], shared["start"], shared["words"]) == ("shared", 0, 68)
    assert (cut["kind"], cut["words"], cut["other_words"]) == ("cut", 0, 73)
    assert cut["start"] == cut["end"] == shared["end"]


def test_what_is_no_copy_has_nothing_to_be_compared_with(wirewatch: Wirewatch, data: Path) -> None:
    said = wirewatch("--data", str(data), "story", "compare", "1")
    assert said.status == 2
    assert "wirewatch story show 1" in said.err


def test_a_round_up_is_said_to_be_a_copy_of_none_of_what_it_strings_together(
    ask: Wirewatch, data: Path
) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        stories.set_roundup(conn, 8, [1, 9], NOW)
    db.close()
    said = ask("story", "show", "2").out
    assert "article 8 is a round-up, a copy of none of these:" in said
    assert "1\tHarbor Herald\tFerry crews in Ostrand" in said
    [roundup] = ask("story", "show", "2", "--json").json["roundups"]
    assert roundup["article_id"] == 8
    assert [part["story_id"] for part in roundup["parts"]] == [1, 3]


def test_an_original_that_is_not_crawled_is_told_by_its_publisher(ask: Wirewatch) -> None:
    [story] = [each for each in ask("story", "list", "--json").json if each["named_publisher"]]
    assert "North Coast Wire, not crawled" in ask("story", "list").out
    said = ask("story", "show", str(story["id"])).out
    assert "original: North Coast Wire, not crawled (82% sure)" in said
    assert f"best copy known: {story['best_copy']['url']}" in said
    assert "-0.8  herald.example opens with North Coast Wire's line." in said
    explained = ask("explain", story["best_copy"]["url"]).out
    assert "original of the story: North Coast Wire, not crawled (82% sure)" in explained
    assert f"best copy known: {story['best_copy']['url']}" in explained


def test_domains_are_scored_with_the_reasons_in_words(ask: Wirewatch) -> None:
    scored = ask("source", "farms", "--days", "90000", "--json").json
    by_host = {each["facts"]["host"]: each for each in scored}
    farm = by_host["News 24 Daily Now"]
    assert farm["facts"]["copies"] > 0
    assert farm["farm"]["is_farm"] is False, "too few articles to say"
    assert by_host["Harbor Herald"]["facts"]["originals"] > 0
    said = ask("source", "farms", "--days", "90000", "--limit", "1")
    assert "articles are copies" in said.out
    assert "more; see --limit" in said.err


def test_alerts_and_deliveries_are_listed_and_a_dead_letter_is_replayed(ask: Wirewatch) -> None:
    listed = ask("alert", "list", "--json").json
    assert len(listed) == 2
    assert "ferries" in ask("alert", "show", listed[0]["uid"]).out
    [dead] = ask("delivery", "dead", "--json").json
    assert ask("delivery", "list", "--state", "dead", "--json").json == [dead]
    ask("delivery", "replay", str(dead["id"]))
    [pending] = ask("delivery", "list", "--state", "pending", "--json").json
    assert (pending["id"], pending["uid"]) == (dead["id"], dead["uid"])
    assert "payload" not in pending


def test_an_alert_that_many_are_told_of_takes_one_line(ask: Wirewatch, data: Path) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        alert = alerts.list_recent(conn, 1)[0]
        for number in range(40):
            address = f"reader-{number}@example.org"
            draft = Draft(None, Channel.EMAIL, address, f"{alert.uid}_more{number}", b"payload")
            outbox.put(conn, alert_id=alert.id, draft=draft, now=NOW)
    db.close()
    assert "40 email pending" in ask("alert", "list").out


def test_the_path_of_a_webhook_is_not_shown_for_it_is_often_a_secret(ask: Wirewatch) -> None:
    uid = ask("alert", "list", "--json").json[0]["uid"]
    original = ask("story", "list", "--json").json[0]["original"]["url"]
    for arguments in (
        ("delivery", "list"),
        ("alert", "show", uid),
        ("explain", original),
    ):
        said = ask(*arguments).out
        assert "hooks.example.org" in said
        assert "secret-path" not in said


def test_what_a_site_wrote_can_not_drive_the_terminal(ask: Wirewatch) -> None:
    for arguments in (("story", "list"), ("alert", "list"), ("topic", "test", "evil", *SINCE)):
        said = ask(*arguments).out
        assert "<script>" in said, "shown as it is"
        assert "\u202e" in NAUGHTY
        assert "\u202e" not in said


def test_stats_tell_the_funnel_the_sources_the_errors_and_the_jobs(ask: Wirewatch) -> None:
    said = ask("stats", "--since", LONG_AGO).out
    for word in ("Fetched", "Delivered", "Harbor Herald", "poll_sources", "failing"):
        assert word in said
    facts = ask("stats", "--since", LONG_AGO, "--json").json
    assert facts["funnel"]["alerted"] == 2
    assert facts["jobs"][0]["name"] == "poll_sources"


def test_stats_tell_how_long_each_stage_took_in_total_and_by_source(ask: Wirewatch) -> None:
    said = ask("stats", "--lag", "--since", LONG_AGO).out
    assert "published to first seen\t9\t5 min" in said
    by_source = ask("stats", "--lag", "--by", "source", "--since", LONG_AGO).out
    assert "Torvel Gazette\tpublished to first seen\t" in by_source
    facts = ask("stats", "--lag", "--since", LONG_AGO, "--json").json
    assert facts["total"]["stages"]["published_to_seen"]["p50"] == 300
    assert len(facts["sources"]) == 3


def test_explain_tells_the_whole_way_of_a_page(ask: Wirewatch) -> None:
    listed = ask("story", "list", "--json").json
    folded = max(listed, key=lambda story: len(story["copies"]))
    copy = folded["copies"][0]
    said = ask("explain", copy["url"]).out
    assert "in the feed of" in said
    assert ", 5 min after it was published; fetched 0 s later" in said
    assert "copy (" in said
    assert folded["original"]["url"] in said
    assert "topic ferries: " in said
    facts = ask("explain", copy["url"], "--json").json
    assert facts["story"]["id"] == folded["id"]
    assert facts["verdict"]["relation"] == copy["relation"]


def test_explain_of_a_listing_tells_of_its_source(ask: Wirewatch) -> None:
    said = ask("explain", "https://gone.example/feed.xml").out
    assert "the listing of source" in said
    assert "dns_not_found" in said


def test_explain_of_an_unknown_page_says_so(ask: Wirewatch) -> None:
    assert "no source has listed it" in ask("explain", "https://else.example/x").out


def test_config_show_masks_secrets_and_names_origins(
    ask: Wirewatch, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "wirewatch.toml").write_text("[email]\npassword = 'hunter2'\n")
    monkeypatch.setenv("WIREWATCH_WEB__PORT", "9999")
    assert "right" in ask("config", "check").out
    said = ask("config", "show").out
    assert "hunter2" not in said
    assert "wirewatch.toml, line 2" in said
    assert "$WIREWATCH_WEB__PORT" in said
    assert "hunter2" not in ask("config", "show", "--json").out


def test_status_is_down_when_no_daemon_runs(wirewatch: Wirewatch, data: Path) -> None:
    said = wirewatch("status", "--data", str(data), "--json")
    assert said.status == 2
    assert said.json["status"] == "down"
    assert said.json["pid"] is None
    assert said.json["findings"], "what is broken is told all the same"


def test_status_of_nothing_is_down_and_says_how_to_begin(wirewatch: Wirewatch) -> None:
    said = wirewatch("status")
    assert said.status == 2
    assert "wirewatch source add" in said.out


def test_status_names_the_daemon_that_holds_the_data(wirewatch: Wirewatch, data: Path) -> None:
    with data_lock(data):
        said = wirewatch("status", "--data", str(data))
    assert said.status == 1, "it gives no sign of life"
    assert "pid" in said.out


def test_a_stale_repost_is_named_by_the_days_that_are_set(
    ask: Wirewatch, data: Path, home: Path
) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        stale = make_stale(conn, 1)
    db.close()
    assert "stale repost: The text is dated" in ask("story", "show", "1").out
    assert "stale repost: The text is dated" in ask("explain", stale.url).out
    assert ask("explain", stale.url, "--json").json["stale"]["dated"] == "2021-03-03"
    (home / "wirewatch.toml").write_text("[copies]\nstale_days = 5000\n")
    assert "stale repost" not in ask("story", "show", "1").out


def test_an_alert_is_replayed_and_previewed(ask: Wirewatch, tmp_path: Path) -> None:
    alert = ask("alert", "list", "--json").json[0]
    assert "is due now" in ask("alert", "replay", alert["uid"]).out
    assert "on their way" in ask("alert", "replay", alert["uid"]).out
    arguments = ("alert", "preview", str(alert["story_id"]), "--topic", "ferries")
    assert "List-Id:" in ask(*arguments).out
    body = ask(*arguments, "--channel", "webhook").json
    assert body["type"] in ("story.matched", "story.updated")
    file = tmp_path / "alert.eml"
    ask(*arguments, "--out", str(file))
    assert file.read_bytes().startswith(b"From:")
    assert ask("alert", "schema").json["title"].startswith("What Wirewatch posts")


def test_a_test_is_sent_to_who_is_told_of_a_topic(ask: Wirewatch) -> None:
    said = ask("delivery", "test", "ferries", "--recipient", "hooks.example.org")
    assert "test_" in said.out
    assert "secret-path" not in said.out
    kinds = [each["kind"] for each in ask("delivery", "list", "--json").json]
    assert kinds.count("test") == 1
    assert ask("delivery", "test", "ferries", "--recipient", "hooks.example.org", fails=2).err


def test_an_endpoint_that_fails_is_listed_and_enabled(ask: Wirewatch, data: Path) -> None:
    db = Database.open(data / "wirewatch.db")
    hook = Endpoint("https://hooks.example.org/secret-path", 4, NOW, NOW, "answered 503")
    with db.begin() as conn:
        endpoints.put(conn, hook)
    db.close()
    listed = ask("delivery", "endpoints")
    assert "hooks.example.org" in listed.out
    assert "answered 503" in listed.out
    assert "secret-path" not in listed.out
    assert "with the next delivery that is due" in listed.out, "when it was let be until has passed"
    [told] = ask("delivery", "endpoints", "--json").json
    assert told["endpoint"]["open_until"] is None
    assert "is sent to again" in ask("delivery", "enable", "hooks.example.org").out
    assert ask("delivery", "endpoints", "--json").json == []
    assert "delivery endpoints" in ask("delivery", "enable", "hooks.example.org", fails=2).err


def test_a_webhook_gets_a_new_secret_that_is_shown_once(ask: Wirewatch) -> None:
    said = ask("topic", "new-secret", "ferries", "hooks.example.org", "--overlap", "2h")
    assert "whsec_" in said.out
    assert "signs beside it until" in said.err
    assert "whsec_" not in ask("topic", "show", "ferries").out


def test_how_a_recipient_hears_is_said_and_shown(ask: Wirewatch) -> None:
    ask(
        *("topic", "tell", "ferries", "--email", "desk@newsroom.example"),
        *("--digest", "daily 7:30", "--most-an-hour", "4", "--time-zone", "Europe/Berlin"),
    )
    shown = ask("topic", "show", "ferries").out
    assert "in a digest, daily 07:30" in shown
    assert "at most 4 an hour" in shown
    assert "time zone Europe/Berlin" in shown
    assert (
        "no time for digests"
        in ask(
            "topic",
            "tell",
            "ferries",
            "--email",
            "desk@newsroom.example",
            "--digest",
            "often",
            fails=2,
        ).err
    )
