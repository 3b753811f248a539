"""Who may import whom, and who may touch what: the design's rules, checked on the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
FLOORS = ("storage", "crawler", "scheduler")
MOST_BROAD_EXCEPTS = 5

# Packages and functions that have one place in the code; everywhere else they are forbidden.
HOMES = {
    "apscheduler": {"scheduler/runtime/jobs.py", "scheduler/calendar/digest_schedule.py"},
    "sentry_sdk": {"scheduler/observability/sentry.py"},
    "smtplib": set[str](),
    "requests": set[str](),
    "httpx": set[str](),
    "urllib.request": set[str](),
    "http.client": set[str](),
    "os.environ": {"scheduler/config/loader.py"},
    "os.getenv": {"scheduler/config/loader.py"},
    "aiohttp.ClientSession": {"crawler/fetch/egress.py"},
    "aiohttp.TCPConnector": {"crawler/fetch/egress.py"},
    "socket.create_connection": {"crawler/fetch/egress.py"},
    "asyncio.open_connection": {"crawler/fetch/egress.py"},
}
# What opens a connection, by whatever name it is called, and who may: the way out, and Redis's own.
CONNECTORS = (
    *("connect", "connect_ex", "create_connection", "create_datagram_endpoint", "open_connection"),
    *("sock_connect", "create_unix_connection", "open_unix_connection", "socket", "sendto"),
    *("ClientSession", "TCPConnector", "UnixConnector", "SMTP", "urlopen", "request"),
)
MAY_CONNECT = {
    "crawler/fetch/egress.py": "the way out itself",
    "crawler/fetch/handler.py": "asks with the egress's session",
    "scheduler/alerts/smtp.py": "speaks SMTP on a socket that the egress has opened",
    "scheduler/runtime/systemd_notify.py": "a local socket of the service manager",
    "scheduler/web/server.py": "listens",
    "scheduler/demo/installation.py": "looks for a free port",
    "scheduler/daemon/daemon.py": "asks with the egress's session",
}
# Modules whose very import means a connection of their own.
CLIENTS = (
    *(
        "ftplib",
        "telnetlib",
        "poplib",
        "imaplib",
        "nntplib",
        "xmlrpc",
        "urllib3",
        "aiosmtplib.send",
    ),
    *(
        "paramiko",
        "pycurl",
        "websockets",
        "httpcore",
        "niquests",
        "twisted.internet",
        "twisted.web",
    ),
)
STORAGE_ONLY = ("sqlalchemy", "alembic", "redis", "sqlite3", "psycopg")
# The transaction that is handed from room to room; a type, and nothing to write SQL with.
LENT_TYPES = {"sqlalchemy.Connection"}

IO = (
    *(
        "sqlalchemy",
        "redis",
        "sqlite3",
        "aiohttp",
        "aiosmtplib",
        "scrapy",
        "socket",
        "ssl",
        "subprocess",
    ),
    *(
        "asyncio",
        "threading",
        "multiprocessing",
        "pathlib",
        "os",
        "shutil",
        "tempfile",
        "urllib.request",
    ),
)


def files(*patterns: str) -> Iterator[str]:
    for pattern in patterns:
        yield from (str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(pattern)))


def whole_code() -> Iterator[str]:
    return files(*(f"{floor}/**/*.py" for floor in FLOORS))


@cache
def tree_of(file: str) -> ast.Module:
    """Return a file's syntax tree: each is parsed once, for all tests."""
    return ast.parse((ROOT / file).read_text(), file)


@cache
def uses(file: str) -> frozenset[str]:
    """Dotted names that a module imports, or reads from a module that it imports."""
    tree = tree_of(file)
    # What is imported for annotations only never runs.
    idle = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    annotations = {
        id(inner)
        for node in ast.walk(tree)
        for field in ("annotation", "returns")
        if isinstance(getattr(node, field, None), ast.AST)
        for inner in ast.walk(getattr(node, field))
    }
    for node in ast.walk(tree):
        if id(node) in idle or id(node) in annotations:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            names.add(ast.unparse(node))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "open":
            names.add("open")
    return frozenset(names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def test_imports_keep_the_contracts_of_pyproject() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", HOMES)
def test_what_has_a_home_is_used_nowhere_else(name: str) -> None:
    strangers = {file for file in whole_code() if any(within(used, name) for used in uses(file))}
    assert strangers <= HOMES[name]


@pytest.mark.parametrize("package", STORAGE_ONLY)
def test_only_storage_speaks_to_databases(package: str) -> None:
    strangers = {
        (file, used)
        for file in files("crawler/**/*.py", "scheduler/**/*.py")
        for used in uses(file)
        if within(used, package) and used not in LENT_TYPES
    }
    assert not strangers


def first_line(file: str) -> str:
    return (ast.get_docstring(tree_of(file)) or "").split("\n")[0]


def pure_modules() -> list[str]:
    """Return the files whose own first line says that they are pure."""
    return [file for file in whole_code() if first_line(file).lower().endswith("pure.")]


def test_every_module_says_what_it_is_about() -> None:
    silent = [
        file
        for file in whole_code()
        if (ROOT / file).stat().st_size and not first_line(file).endswith((".", "?"))
    ]
    assert not silent


def test_pure_modules_touch_nothing() -> None:
    assert len(pure_modules()) > 100
    touching = {
        (file, used)
        for file in pure_modules()
        for used in uses(file)
        if used == "open" or any(within(used, package) for package in IO)
    }
    assert not touching


@cache
def calls(file: str) -> frozenset[str]:
    """Name what is called on something: `a.b.connect(...)` is `connect`."""
    tree = tree_of(file)
    return frozenset(
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )


def test_no_other_module_opens_a_connection() -> None:
    """GHSA-56fq-63vj-9992 and four others like it: one path that forgets the guard."""
    # In storage it is a transaction that `connect` gives, or Redis by the operator's own setting.
    rooms = files("crawler/**/*.py", "scheduler/**/*.py")
    strangers = {
        (file, name)
        for file in rooms
        for name in calls(file) & set(CONNECTORS)
        if file not in MAY_CONNECT and not (name == "connect" and _is_of_the_database(file))
    }
    assert not strangers


def _is_of_the_database(file: str) -> bool:
    """Whether each `connect` in a file is a database's read transaction, or a signal's."""
    tree = tree_of(file)
    owners = {
        ast.unparse(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
    }
    last = {owner.rpartition(".")[2].lstrip("_") for owner in owners}
    return last <= {"db", "database", "signals"}


@pytest.mark.parametrize("client", CLIENTS)
def test_no_client_with_connections_of_its_own_is_used(client: str) -> None:
    assert not {file for file in whole_code() if any(within(used, client) for used in uses(file))}


Arrows = dict[tuple[str, str], set[str]]


@cache
def module_arrows() -> frozenset[tuple[str, str]]:
    """Return (file, imported file) of all imports, those within functions and for types included."""
    modules = {_dotted(file): file for file in whole_code()}
    arrows: set[tuple[str, str]] = set()
    for file in modules.values():
        for node in ast.walk(tree_of(file)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [
                    inner if inner in modules else node.module
                    for inner in (f"{node.module}.{alias.name}" for alias in node.names)
                ]
            arrows.update((file, modules[name]) for name in names if name in modules)
    return frozenset(arrow for arrow in arrows if arrow[0] != arrow[1])


def _dotted(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def arrows_between(place: Callable[[str], str | None]) -> Arrows:
    """Return the arrows between places, each with the imports that draw it."""
    found: Arrows = {}
    for file, other in module_arrows():
        here, there = place(file), place(other)
        if here is not None and there is not None and here != there:
            found.setdefault((here, there), set()).add(f"{file} -> {other}")
    return found


def circles(arrows: Arrows) -> list[str]:
    """Return the arrows that lie on a circle, each with an import that draws it.

    A place that nothing points at, or that points at nothing, lies on none and is taken away,
    until no such place is left.
    """
    left = set(arrows)
    while True:
        from_places, to_places = {a for a, _ in left}, {b for _, b in left}
        kept = {(a, b) for a, b in left if a in to_places and b in from_places}
        if kept == left:
            return [f"{a} -> {b}: {min(arrows[a, b])}" for a, b in sorted(left)]
        left = kept


def child_of(folder: str) -> Callable[[str], str | None]:
    """Return what says in which folder or file right under `folder` a file stands."""

    def child(file: str) -> str | None:
        inside = file.removeprefix(f"{folder}/")
        return None if inside == file else f"{folder}/{inside.split('/')[0]}"

    return child


def all_folders() -> list[str]:
    return sorted({str(parent) for file in whole_code() for parent in Path(file).parents} - {"."})


def test_no_circle_of_folders() -> None:
    """A folder here is the files that lie loose in it."""
    assert circles(arrows_between(lambda file: str(Path(file).parent))) == []


@pytest.mark.parametrize("folder", all_folders())
def test_no_circle_within_a_folder(folder: str) -> None:
    assert circles(arrows_between(child_of(folder))) == []


def test_a_circle_is_seen_with_its_arrows() -> None:
    arrows = {("a", "b"): {"1"}, ("b", "c"): {"2"}, ("c", "a"): {"3"}, ("c", "d"): {"4"}}
    assert circles(arrows) == ["a -> b: 1", "b -> c: 2", "c -> a: 3"]
    del arrows["c", "a"]
    assert circles(arrows) == []


def test_no_file_lies_loose_in_the_scheduler() -> None:
    assert list(files("scheduler/*.py")) == ["scheduler/__init__.py"]


def test_few_broad_excepts_and_each_says_why() -> None:
    """Who catches everything hides bugs; a last line of defence says what it defends."""
    broad = [
        (file, node.lineno)
        for file in whole_code()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    silent = [
        (file, line)
        for file, line in broad
        if "#" not in (ROOT / file).read_text().splitlines()[line - 1]
    ]
    assert silent == []
    assert len(broad) <= MOST_BROAD_EXCEPTS, broad


def _raised(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the names of the errors that a function raises itself, those of inner ones left out."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            names.add(ast.unparse(error).rpartition(".")[2])
        waiting.extend(ast.iter_child_nodes(node))
    return {name for name in names if name[:1].isupper() and name.isidentifier()}


def _public_functions(
    node: ast.Module | ast.ClassDef,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and not inner.name.startswith("_"):
            yield from _public_functions(inner)
        elif isinstance(
            inner, ast.FunctionDef | ast.AsyncFunctionDef
        ) and not inner.name.startswith("_"):
            yield inner


def test_public_functions_name_the_errors_that_they_raise() -> None:
    # The docstring of a command is its help: there an error is told to who meets it.
    silent = {
        (file, function.name, name)
        for file in whole_code()
        if not file.startswith("scheduler/cli/")
        for function in _public_functions(tree_of(file))
        for name in _raised(function)
        if name not in (ast.get_docstring(function) or "")
    }
    assert silent == set()


def test_the_rules_see_what_they_forbid() -> None:
    assert any(within(used, "sqlalchemy") for used in uses("storage/sql/database.py"))
    assert "aiohttp.TCPConnector" in uses("crawler/fetch/egress.py")
