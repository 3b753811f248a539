"""The templates' environment: everything is escaped, and a name that is missing is an error."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.wording import formatters


def environment() -> Environment:
    """Return the templates with the words that they use."""
    templates = Environment(
        loader=PackageLoader("scheduler.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for word in (
        *("count", "host", "later", "link", "moment", "percent"),
        *("endpoint", "size"),
        *("recipient", "relation", "ruling", "wrapper", "span", "stage"),
    ):
        templates.filters[word] = getattr(formatters, word)
    templates.filters["words"] = formatters.words_of
    return templates
