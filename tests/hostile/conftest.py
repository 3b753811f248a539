"""One room for all cases of a file: what a case leaves behind would be seen by the next."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.hostile.certificates import Certificates
from tests.hostile.web import Room, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    folder = tmp_path_factory.mktemp("hostile")
    async with opened(folder, Certificates(folder)) as room:
        yield room
