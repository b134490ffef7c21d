"""Writes the pages of all checks and fixes from their docstrings: `python docs/make.py`.

Error rates come from benchmarks/results/error_rates.json, rules of peers from peer_rules.py.
"""

import inspect
import json
import runpy
from pathlib import Path

from scipy.stats import beta

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.fixes import ALL_FIXES

HERE = Path(__file__).parent
RATES = HERE.parent / "benchmarks" / "results" / "error_rates.json"


def pages() -> dict[str, str]:
    """Path under docs/ to text of each generated page."""
    made = {"checks.md": _check_table(), "fixes.md": _fix_table(), "peers.md": _peer_tables()}
    for check in ALL_CHECKS:
        title = f"# {check.code} {check.name}"
        made[f"checks/{check.code}.md"] = f"{title}\n\n{_page(type(check))}"
    for fix in _fix_classes():
        made[f"fixes/{fix.name}.md"] = f"# {fix.name}\n\n{_page(fix)}"
    return made


def _fix_classes() -> list[type]:
    return list(dict.fromkeys(type(fix) for fix in ALL_FIXES))


def _page(kind: type) -> str:
    """A docstring as Markdown: its sections become bold words, their text a paragraph each."""
    lines = []
    for line in (inspect.getdoc(kind) or "").splitlines():
        head, colon, rest = line.partition(":")
        if colon and head[:1].isupper() and len(head) < 20 and not line.startswith(" "):
            lines += ["", f"**{head}**:{rest}"]
        else:
            lines.append(line.strip())
    text = "\n".join(lines).strip()
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return f"{text}\n"


def _check_table() -> str:
    measured = json.loads(RATES.read_text(encoding="utf-8")) if RATES.is_file() else {}
    rows = [
        "| code | name | what it sees | needs | false alarms | told in faulty runs |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for check in ALL_CHECKS:
        first = (inspect.getdoc(type(check)) or "").splitlines()[0]
        needs = ", ".join(sorted(check.needs))
        counts = measured.get(check.code, {})
        alarms = _rate(counts.get("false_alarms"), counts.get("healthy_runs"))
        found = _rate(counts.get("detected"), counts.get("faulty_runs"))
        rows.append(
            f"| [{check.code}](checks/{check.code}.md) | {check.name} | {first} | {needs} | "
            f"{alarms} | {found} |"
        )
    return f"# Checks\n\n{_ABOUT_RATES}\n\n" + "\n".join(rows) + "\n"


_ABOUT_RATES = """False alarms: share of the healthy runs that it could judge with this finding
above a note. Told in faulty runs: the same share of all runs with an injected fault that did harm,
whatever the fault, so it also says how common what the check looks for is. Both with exact 95 %
intervals, by `benchmarks/healthy_runs.py` and `benchmarks/injected_faults.py`."""


def _rate(hits: int | None, runs: int | None) -> str:
    """A share with its exact (Clopper-Pearson) 95 % interval."""
    if not runs or hits is None:
        return "not measured"
    low = float(beta.ppf(0.025, hits, runs - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, runs - hits)) if hits < runs else 1.0
    return f"{hits} of {runs} ({100 * low:.1f} to {100 * high:.1f} %)"


def _peer_tables() -> str:
    parts = [
        "# What published debuggers look for, and where it is here",
        "Rules of theirs as their code and papers name them, and the codes of ours that see the "
        "same. Where a rule has no code, the last column says why.",
    ]
    names = {check.code: check.name for check in ALL_CHECKS}
    for peer, rules in runpy.run_path(str(HERE / "peer_rules.py"))["PEERS"]:
        rows = ["| rule | ours | remark |", "| --- | --- | --- |"]
        for rule, codes, remark in rules:
            ours = ", ".join(f"[{code}](checks/{code}.md) {names[code]}" for code in codes)
            rows.append(f"| {rule} | {ours or 'none'} | {remark} |".replace("|  |", "| |"))
        parts += [f"## {peer}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def _fix_table() -> str:
    rows = ["| fix | what it does | edits | risk |", "| --- | --- | --- | --- |"]
    for fix in _fix_classes():
        first = (inspect.getdoc(fix) or "").splitlines()[0]
        link = f"[{fix.name}](fixes/{fix.name}.md)"
        rows.append(f"| {link} | {first} | {fix.kind.value} | {fix.risk} |")
    return "# Fixes\n\n" + "\n".join(rows) + "\n"


def main() -> None:
    """Write the pages, and take away those of checks and fixes that are gone."""
    made = pages()
    for folder in ("checks", "fixes"):
        for old in (HERE / folder).glob("*.md"):
            if f"{folder}/{old.name}" not in made:
                old.unlink()
    for name, text in made.items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
