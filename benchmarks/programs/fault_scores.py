"""Tables of the fault matrix: what was found, when, and whether the cause was named."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from programs.counting import left_out_ranks
from programs.rows import Row, alarms, share_text, wilson


def place_of_cause(row: Row) -> int | None:
    """Place of the true cause among those named, from 0; None if it is not named."""
    names = [name for name, _ in row["causes"]]
    return names.index(row["cause"]) if row["cause"] in names else None


def within(row: Row, places: int) -> bool:
    """Whether the true cause is among the first."""
    place = place_of_cause(row)
    return place is not None and place < places


def detection(tried: Sequence[Row], harmful: Sequence[Row]) -> list[Row]:
    """One row for each fault and strength.

    Args:
        tried: all faulty runs.
        harmful: those whose fault harmed.
    """
    table = []
    keys = list(dict.fromkeys((row["fault"], row["cause"], row["strength"]) for row in tried))
    for fault, cause, strength in sorted(keys, key=lambda key: (key[1], key[0], key[2])):
        mine = [row for row in harmful if (row["fault"], row["strength"]) == (fault, strength)]
        found = [row for row in mine if alarms(row)]
        first = sum(within(row, 1) for row in mine)
        three = sum(within(row, 3) for row in mine)
        table.append(
            {
                "fault": fault,
                "cause": cause,
                "strength": strength,
                "tried": sum((row["fault"], row["strength"]) == (fault, strength) for row in tried),
                "harmful": len(mine),
                "detected": len(found),
                "detected_interval": wilson(len(found), len(mine)),
                "top1": first,
                "top3": three,
                **delay(found),
            }
        )
    return table


def delay(rows: Iterable[Row]) -> Row:
    """Median step at which the first finding above a note that has a step is seen.

    Returns:
        `step`, and `share` of the steps of the run; None where no finding has a step.
    """
    steps, shares = [], []
    for row in rows:
        seen = [one["step"] for one in alarms(row) if one["step"] is not None]
        if seen and row["steps"]:
            steps.append(min(seen))
            shares.append(min(seen) / row["steps"])
    if not steps:
        return {"step": None, "share": None}
    return {"step": float(np.median(steps)), "share": round(float(np.median(shares)), 3)}


def confusion(harmful: Iterable[Row]) -> dict[str, dict[str, int]]:
    """True cause to the cause that was named first, with counts; `nothing` if none was named."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for row in harmful:
        table[row["cause"]][row["causes"][0][0] if row["causes"] else "nothing"] += 1
    return {cause: dict(named.most_common()) for cause, named in sorted(table.items())}


def totals(harmful: Sequence[Row]) -> dict[str, Row]:
    """Detection and causes over all harmful runs, each with Wilson's interval."""
    ranks = left_out_ranks(harmful)
    hits = {
        "detection": [bool(alarms(row)) for row in harmful],
        "cause_top1": [within(row, 1) for row in harmful],
        "cause_top3": [within(row, 3) for row in harmful],
        "left_out_counts_top1": [rank < 1 for rank in ranks],
        "left_out_counts_top3": [rank < 3 for rank in ranks],
    }
    return {
        name: {
            "value": sum(values) / len(values) if values else None,
            "interval": wilson(sum(values), len(values)),
            "hits": sum(values),
            "n": len(values),
        }
        for name, values in hits.items()
    }


def error_rates(healthy: Sequence[Row], harmful: Sequence[Row]) -> dict[str, dict[str, int]]:
    """For each check: false alarms on healthy runs, and how many harmful runs it told of."""
    codes = {code for row in (*healthy, *harmful) for code in row["checked"]}
    return {
        code: {
            "healthy_runs": sum(code in row["checked"] for row in healthy),
            "false_alarms": sum(_fired(row, code) for row in healthy),
            "faulty_runs": sum(code in row["checked"] for row in harmful),
            "detected": sum(_fired(row, code) for row in harmful),
        }
        for code in sorted(codes)
    }


def show(table: Sequence[Row], whole: dict[str, Row], named: dict[str, dict[str, int]]) -> None:
    """Print the tables in Markdown."""
    print("\n| cause | fault | strength | harmful of tried | found | top 1 | top 3 | first step |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in table:
        harmful = row["harmful"]
        step = "-" if row["step"] is None else f"{row['step']:.0f} ({100 * row['share']:.0f} %)"
        print(
            f"| {row['cause']} | {row['fault']} | {row['strength']:g} | {harmful} of "
            f"{row['tried']} | {row['detected']} | {row['top1']} | {row['top3']} | {step} |"
        )
    print("\n| cause | harmful runs | named first | what is named first instead |")
    print("| --- | --- | --- | --- |")
    for cause, others in named.items():
        instead = [f"{name} {count}" for name, count in others.items() if name != cause]
        count = sum(others.values())
        right = share_text(others.get(cause, 0), count)
        print(f"| {cause} | {count} | {right} | {', '.join(instead)} |")
    print("\n| figure | value (95 %) | n |")
    print("| --- | --- | --- |")
    for name, one in whole.items():
        print(f"| {name} | {share_text(one['hits'], one['n'])} | {one['n']} |")


def _fired(row: Row, code: str) -> bool:
    return any(one["code"] == code for one in alarms(row))
