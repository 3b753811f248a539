"""`wirewatch rules`: rules of extraction for single sites, checked and tried before they are used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.options import Json
from scheduler.cli.output import print_json, print_line, print_note, print_table

if TYPE_CHECKING:
    from crawler.extract.rules.records import SiteRules
    from storage.errors import WirewatchError
    from storage.models.articles import ExtractedArticle

app = typer.Typer(help="Rules of extraction for single sites: check, try.", no_args_is_help=True)

_SHOWN = 400  # characters of a text's beginning


@app.command()
def check(
    ctx: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help="Files; else rules_dir.")] = None,
) -> None:
    """Read rules; an error names the file, the line and the remedy."""
    from crawler.extract.rules.files import read_rules, read_rules_dir
    from storage.errors import InputError

    if files:
        rules = [read_rules(file) for file in files]
    else:
        folder = _folder(context_of(ctx))
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}; make it, or name the files to check")
        rules = list(read_rules_dir(folder).sites)
    print_table(("file", "hosts"), [(site.file, ", ".join(site.hosts)) for site in rules])
    print_note(f"{len(rules)} right")


@app.command("try")
def try_rules(
    ctx: typer.Context,
    page: Annotated[str, typer.Argument(help="The address of a page, or a file of HTML.")],
    *,
    rules: Annotated[
        Path | None, typer.Option(help="The file of rules to try; else what the daemon would use.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what rules give of a page, beside what is read without them."""
    from crawler.extract.rules.records import rewrite_url
    from crawler.urls.canonical import host_of

    context = context_of(ctx)
    given = _rules_for(context, page, rules)
    body, url, kind = _page(context, page, given)
    host = host_of(url)
    if not given.are_of(host):
        hosts = ", ".join(given.hosts)
        print_note(f"The daemon would not use these rules here: {host} is none of {hosts}.")
    if given.rewrite:
        print_line(f"listed at {url}, it would be fetched at {rewrite_url(url, given)}")
    articles = {
        name: _read(context, body, url, kind, used)
        for name, used in (("with the rules", given), ("without", None))
    }
    if json:
        print_json({name: _facts(article) for name, article in articles.items()})
        return
    shown = {name: _facts(article) for name, article in articles.items()}
    keys = list(dict.fromkeys(key for facts in shown.values() for key in facts))
    print_table(
        ("", *shown),
        [(key, *(str(facts.get(key, ""))[:_SHOWN] for facts in shown.values())) for key in keys],
    )


def _folder(context: Context) -> Path:
    from scheduler.config import factories

    return factories.rules_folder(context.settings().extract, context.data())


def _rules_for(context: Context, page: str, file: Path | None) -> SiteRules:
    """Return the rules of a file, or those that the daemon has for a page's host.

    Raises InputError when there are none.
    """
    from crawler.extract.rules.files import read_rules, read_rules_dir
    from crawler.urls.canonical import canonical_url, host_of
    from storage.errors import InputError

    if file is not None:
        return read_rules(file)
    if not page.startswith(("http://", "https://")):
        raise InputError("say whose rules to try on a file: --rules FILE")
    folder, host = _folder(context), host_of(canonical_url(page))
    site_rules = read_rules_dir(folder).of(host)
    if site_rules is None:
        raise InputError(f"no rules in {folder} are for {host}; name some with --rules FILE")
    return site_rules


def _page(context: Context, page: str, rules: SiteRules) -> tuple[bytes, str, str | None]:
    """Return a page's body, address and type; a file is taken for a page of the rules' first host.

    Raises InputError for a file that can't be read, and FetchError.
    """
    from storage.errors import InputError

    if not page.startswith(("http://", "https://")):
        try:
            host = rules.hosts[0].removeprefix("*.")
            return Path(page).read_bytes(), f"https://{host}/", None
        except OSError as error:
            raise InputError(f"{page} can't be read: {error.strerror}") from error
    return _fetched(context, page)


def _fetched(context: Context, page: str) -> tuple[bytes, str, str | None]:
    import asyncio

    from crawler.urls.canonical import canonical_url
    from scheduler.cli.site_lookup import fetch_politely

    result = asyncio.run(fetch_politely(context, canonical_url(page)))
    print_line(f"fetched {result.url}: HTTP {result.status}, {len(result.body)} bytes")
    return result.body, result.url, result.content_type


def _read(
    context: Context, body: bytes, url: str, kind: str | None, rules: SiteRules | None
) -> ExtractedArticle | WirewatchError:
    from crawler.extract.page_reader import read_page
    from scheduler.runtime.clock import utc_now
    from storage.errors import ExtractError

    settings = context.settings().extract
    try:
        return read_page(
            body,
            url=url,
            content_type=kind,
            settings=settings,
            now=utc_now(),
            site=None,
            rules=rules,
        ).article
    except ExtractError as error:
        return error


def _facts(article: ExtractedArticle | WirewatchError) -> dict[str, object]:
    from storage.models.articles import ExtractedArticle

    if not isinstance(article, ExtractedArticle):
        return {"no article": str(article)}
    return {
        "title": article.title,
        "authors": ", ".join(article.authors),
        "published": article.dates.published,
        "published from": article.dates.published_from,
        "words": len(article.text.split()),
        "text": article.text,
    }
