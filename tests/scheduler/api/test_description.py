"""The API does what its description says: Schemathesis makes requests out of it and checks answers."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from scheduler.actions.source_discovery import DiscoveredSources
from storage.errors import InputError
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.fixtures.parts import in_ci
from tests.scheduler.web.world import a_token, an_account, fill, serving


async def _look(url: str) -> DiscoveredSources:
    raise InputError(f"{url} leads to nothing that can be polled")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """Serve a filled installation from a thread, and read the description of its API."""
    folder: Path = tmp_path_factory.mktemp("described")
    db = Database.open(folder / "wirewatch.db")
    with db.begin() as conn:
        fill(conn)
    an_account(db, "ada", AccountRole.ADMIN)  # from now on nobody looks without a token
    token = a_token(db, TokenScope.WRITE)
    begun, over = threading.Event(), threading.Event()
    url: list[str] = []

    async def serve() -> None:
        async with serving(db, look=_look) as server:
            url.append(server.url)
            begun.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert begun.wait(10)
    headers = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_url(f"{url[0]}api/v1/openapi.json", headers=headers)
    schema.config.headers = headers
    yield schema.exclude(operation_id="follow_events")
    over.set()
    thread.join(10)
    db.close()
    shutil.rmtree(folder)


def test_every_operation_keeps_to_its_description(api: schemathesis.BaseSchema) -> None:
    tried = 0
    for found in api.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=50 if in_ci() else 10,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def keeps(case: schemathesis.Case[Any]) -> None:
            # What a query or an address may be no schema can say: these are refused with a reason.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        keeps()
        tried += 1
    assert tried >= 20


def test_it_is_described_by_openapi_3_1(api: schemathesis.BaseSchema) -> None:
    raw = api.raw_schema
    assert raw["openapi"].startswith("3.1")
    for path, operations in raw["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"], (method, path)
            assert "summary" in operation, (method, path)
            assert "application/problem+json" in operation["responses"]["404"]["content"]


def open_objects(schema: object, path: str = "") -> Iterator[str]:
    """Yield where a description leaves open what an object holds."""
    if isinstance(schema, dict):
        is_object = schema.get("type") == "object" or "additionalProperties" in schema
        closed = schema.get("properties") or isinstance(schema.get("additionalProperties"), dict)
        if is_object and (schema.get("additionalProperties") in (True, {}) or not closed):
            yield path
        for name, part in schema.items():
            yield from open_objects(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from open_objects(part, f"{path}/{number}")


def test_no_object_is_left_open(api: schemathesis.BaseSchema) -> None:
    assert list(open_objects(api.raw_schema)) == []


def test_an_open_object_is_seen() -> None:
    assert list(open_objects({"a": {"type": "object", "additionalProperties": True}})) == ["/a"]
    assert list(open_objects({"a": [{"type": "object"}]})) == ["/a/0"]
    assert not list(open_objects({"type": "object", "additionalProperties": {"type": "string"}}))
