"""`python -m tests.fuzz TARGET FOLDER [libFuzzer's flags]`: fuzz one target, guided by its own coverage.

The corpus is the folder's `corpus`; an input that fails is written beside it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import atheris

from tests.fuzz.targets import TARGETS

OURS = ["crawler", "scheduler", "storage"]
MOST_SECONDS = 1.0  # of processor time, for one input


class TooSlowError(AssertionError):
    """An input took longer than any may."""


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's flags say that it is enough; it ends the process itself."""
    name, folder, *flags = arguments
    target = TARGETS[name]
    corpus = Path(folder) / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = Path(folder) / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
    told = {"runs": 0, "slowest_s": 0.0}
    report = Path(folder) / "report.json"
    with ExitStack() as stack:
        with atheris.instrument_imports(include=OURS, enable_loader_override=False):
            run = target.open(stack)

        def timed(data: bytes) -> float:
            began = time.process_time()
            with suppress(*target.may_raise):
                run(data)
            return time.process_time() - began

        def once(data: bytes) -> None:
            took = timed(data)
            if took > MOST_SECONDS:  # once a process: a library loaded its tables
                took = timed(data)
            told["runs"] += 1
            told["slowest_s"] = max(told["slowest_s"], took)
            if took > MOST_SECONDS:
                raise TooSlowError(f"{took:.2f} s for {len(data)} bytes")
            if told["runs"] % 500 == 0:
                report.write_text(json.dumps(told))

        atheris.Setup(
            [
                sys.argv[0],
                str(corpus),
                f"-artifact_prefix={folder}{os.sep}",
                *([f"-dict={words}"] if target.words else []),
                "-print_final_stats=1",
                "-verbosity=0",
                "-rss_limit_mb=3000",
                *flags,
            ],
            once,
        )
        atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(
        chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}"
        for byte in word.encode("utf-8", "surrogatepass")
    )


if __name__ == "__main__":
    main(sys.argv[1:])
