"""`python -m tests.docs`: write the generated parts of the documentation anew."""

from __future__ import annotations

from tests.docs.reference import FILE, with_generated

FILE.write_text(with_generated(FILE.read_text(encoding="utf-8")), encoding="utf-8")
