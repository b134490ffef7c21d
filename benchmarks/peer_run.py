"""One case and seed, all methods, in a process of its own; the row grows method by method."""

import json
import traceback
from dataclasses import dataclass
from pathlib import Path

from case_files import load_cases
from case_run import Row, plain, send_output_to


@dataclass(frozen=True, kw_only=True)
class PeerRequest:
    """What a process is to do.

    Args:
        place: file or folder of the cases.
        name: name of the case.
        seed: seed of data, model, split and method.
        limit: trainings of the original that each method may spend.
        methods: names of the methods.
        out: file for the row.
    """

    place: Path
    name: str
    seed: int
    limit: float
    methods: tuple[str, ...]
    out: Path


def run_peers(request: PeerRequest) -> None:
    """Write the row after each method; one that raises an error is named and left out."""
    row: Row = {"case": request.name, "seed": request.seed, "error": "", "curves": {}}
    row["errors"] = {}
    send_output_to(request.out.with_suffix(".log"))

    def keep() -> None:
        request.out.write_text(json.dumps(plain(row), allow_nan=False), encoding="utf-8")

    keep()
    try:
        case = load_cases(request.place).cases[request.name]
        from peer_lab import Lab
        from peer_methods import METHODS

        lab = Lab.of(case, request.seed)
        row.update(faulty=lab.faulty, known_good=lab.known_good)
        keep()
        for name in request.methods:
            try:
                row["curves"][name] = METHODS[name](lab, request.limit)
            except Exception:
                row["errors"][name] = traceback.format_exc()
            keep()
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"
        row["traceback"] = traceback.format_exc()
    keep()
