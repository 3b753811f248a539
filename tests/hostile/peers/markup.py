"""What a browser would make of a page: the tags, attributes and links that could do something."""

from __future__ import annotations

from html.parser import HTMLParser

OURS = "/static/"


class Dangers(HTMLParser):
    """Collects what could run, load or lead astray."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and not values.get("src", "").startswith(OURS):
            self.found.append(f"<{tag} {values}>")
        if tag in ("iframe", "object", "embed", "base", "applet", "math", "style"):
            self.found.append(f"<{tag} {values}>")
        for name, value in values.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.found.append(f"{tag} {name}={value}")
            is_icon = tag == "link" and value.startswith(
                "data:image/svg+xml,"
            )  # ours: no script runs
            if name in ("href", "src", "action") and not (is_icon or is_harmless(value)):
                self.found.append(f"{tag} {name}={value}")


def is_harmless(address: str) -> bool:
    """Tell whether an address is the web's or our own."""
    return (
        address.startswith(("http://", "https://", "/", "#", "?", "mailto:")) or ":" not in address
    )
