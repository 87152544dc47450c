"""The command: see `tests.kill`."""

import argparse
import os
import platform
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.now import ZONE
from tests.bench import house
from tests.kill.run import Run, run


def main() -> int:
    """Run once, print the report; 1 when anything was missed or done twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rungs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="keep what the workers log here")
    asked = parser.parse_args()
    began = datetime.now(ZONE)
    with TemporaryDirectory() as folder, house.filled(0) as bench:
        log = (asked.log or Path(folder) / "workers.log").resolve()
        done = run(
            bench.office, bench.owner, kills=asked.kills, rungs=asked.rungs, seed=asked.seed,
            log=log, say=lambda words: print(f"# {words}", file=sys.stderr, flush=True),
        )  # fmt: skip
        with bench.office.look(SYSTEM) as look:
            server = look.tx.scalar(text("show server_version"))
    print(f"{'began':<36}{began:%Y-%m-%d %H:%M} (Asia/Shanghai)")
    print(f"{'machine':<36}{os.cpu_count()} cores, {_memory()} GB,"
          f" {platform.system()}, load {os.getloadavg()[1]:.1f}")  # fmt: skip
    print(f"{'Python, PostgreSQL':<36}{platform.python_version()}, {server}")
    print(f"{'asked for':<36}{asked.kills} kills, {asked.rungs} rungs,"
          f" seed {asked.seed}")  # fmt: skip
    report(done)
    return 1 if done.verdict.faults else 0


def report(done: Run) -> None:
    """Print what a run has shown."""
    deaths = done.deaths
    lines: dict[str, object] = {
        "workers started": done.started,
        "killed, while they led": deaths.leaders,
        "killed, while they waited to lead": deaths.others,
        "killed while rungs were due": deaths.sweeping,
        "killed within a transaction": deaths.in_transaction,
        "exit codes of those told to stop": done.exits,
        **done.verdict.figures,
        "sent after a dead worker's claim": done.claimed,
        "tracebacks in the workers' log": done.complaints,
        **{f"seconds {name}": round(n, 1) for name, n in done.seconds.items()},
        "faults": len(done.verdict.faults),
    }
    for name, value in lines.items():
        print(f"{name:<36}{value}")
    for fault in done.verdict.faults:
        print(f"  {fault}")


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30


if __name__ == "__main__":
    raise SystemExit(main())
