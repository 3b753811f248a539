"""What can go wrong with the demo itself."""

from __future__ import annotations

from storage.errors import WirewatchError


class DemoError(WirewatchError):
    """The demo could not be played to its end; the text says which step failed and how."""
