"""Coverage-guided fuzzing of the intake: `make fuzz`, ten minutes unless FUZZ_SECONDS says otherwise.

Every input is imported whole (see `trial`). A defect is written to FUZZ_FOLDER (var/fuzz) with its traceback, and the
search goes on; at the end the process fails when there was one. The corpus is kept there and grown by the next run.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["pulse_core.intake"]):
    from fuzz.mutating import mutated
    from fuzz.seeds import SEEDS, TOKENS
    from fuzz.trial import LARGEST, Trials

SECONDS = int(os.environ.get("FUZZ_SECONDS", "600"))
FOLDER = Path(os.environ.get("FUZZ_FOLDER", "var/fuzz"))
HANG_SECONDS = 20


def main() -> None:
    """Fuzz until the time is up; exit code 1 when a defect was found."""
    corpus, defects = FOLDER / "corpus", FOLDER / "defects"
    for folder in (corpus, defects):
        folder.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS:
        (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    words = FOLDER / "tokens.dict"
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS))
    endings: Counter[str] = Counter()
    with TemporaryDirectory(prefix="pulse-fuzz-") as home:
        trials, deadline = Trials(Path(home)), time.monotonic() + SECONDS

        def one(data: bytes) -> None:
            if time.monotonic() > deadline:
                _finish(endings, trials)
            try:
                endings[trials.run(data)] += 1
            except Exception as error:  # noqa: BLE001 - any error that gets here is a defect
                _keep(data, error, defects)
                endings["DEFECT"] += 1
                trials.reopen()

        options = [
            f"-max_len={LARGEST + 1}",
            f"-timeout={HANG_SECONDS}",
            f"-dict={words}",
            "-rss_limit_mb=3000",
        ]
        arguments = [sys.argv[0], *options, f"-artifact_prefix={defects}/", str(corpus)]
        atheris.Setup(arguments, one, custom_mutator=_mutate)
        atheris.Fuzz()


def _mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Every other time the table is changed as a table, else its bytes as libFuzzer likes."""
    if seed % 2:
        return bytes(atheris.Mutate(data, max_size))
    return mutated(data, Random(seed))[:max_size]


def _keep(data: bytes, error: Exception, defects: Path) -> None:
    """Write down one input for each place and beginning of an error."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    words = "".join(sign for sign in str(error)[:60] if not sign.isdigit())
    key = hashlib.sha1(f"{type(error)}{frame.name}{words}".encode()).hexdigest()[:12]
    if not (defects / key).exists():
        (defects / key).write_bytes(data)
        told = "".join(traceback.format_exception(error, limit=-6))
        (defects / f"{key}.txt").write_text(f"{data!r}\n\n{told}")
        print(f"DEFECT {key}: {type(error).__name__}: {str(error)[:300]}", flush=True)  # noqa: T201


def _finish(endings: Counter[str], trials: Trials) -> None:
    trials.close()
    print(f"{endings.total():,} trials: {dict(endings.most_common())}", flush=True)  # noqa: T201
    os._exit(1 if endings["DEFECT"] else 0)  # libFuzzer's own end would call it a crash


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    main()
