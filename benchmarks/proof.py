"""How often the proof believes a change that changes nothing, and how often it sees a real gain.

Each set-up is trained on many seeds once (proof_pools.py). Comparisons are then drawn from these
pools and handed to `prove` as if they had just been trained: a no-op is the same program on other
seeds, a made gain is the same program on other seeds with a share of its held-out errors taken
away, a real repair is another program of the same set-up. `--part 1/3` trains a third of the pools;
pools in `--pools` are not trained again.

    python benchmarks/proof.py [--quick] [--names A,B] [--seeds N] [--draws N] [--part i/n]
                               [--pools FILE] [--json FILE] [--plot FILE]
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from proof_pools import SETUPS, train_pools
from scipy import stats
from surroundings import in_words, surroundings

from keras_debugger.proof.compare import prove
from keras_debugger.training.trained import Trained
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import Decision

FIRST_SEED = 1000
FIXED = Plan(name="changed", cause=None, fixes=(), prior=0.5)
SEEDS = (3, 5)
GAINS = (0.1, 0.2, 0.3, 0.5)


class PoolTrainer:
    """Answers `train` with trials that were drawn from pools."""

    def __init__(self, before: Sequence[Trial], after: Sequence[Trial]) -> None:
        self._trials = {UNCHANGED.name: before, FIXED.name: after}

    def expect(self, plans: Iterable[Plan], *, seeds: Iterable[int], held_out: bool) -> None:
        """Nothing needs to be trained ahead."""

    def train(self, plan: Plan, *, seed: int, held_out: bool) -> Trained:
        """The trial of a plan and a seed."""
        return Trained(trial=self._trials[plan.name][seed - FIRST_SEED], model=None)


def repaired(trial: Trial, share: float, generator: np.random.Generator) -> Trial:
    """The trial with a share of its held-out error taken away, spread over the rows at random."""
    score = trial.held_out
    rows = np.array(score.row_errors)
    keep = np.ones(len(rows))
    order = generator.permutation(len(rows))
    lost = np.cumsum(rows[order]) <= share * rows.sum()
    keep[order[lost]] = 0.0
    rows = rows * keep
    error = float(rows.mean())
    return replace(
        trial, held_out=replace(score, error=error, value=1.0 - error, row_errors=tuple(rows))
    )


def compare(before: Sequence[Trial], after: Sequence[Trial], seeds: int) -> Decision:
    proof = prove(PoolTrainer(before, after), FIXED, seeds=seeds, first_seed=FIRST_SEED)
    return proof.verdict.decision


def counts(decisions: Sequence[Decision]) -> dict[str, float]:
    number = {word: sum(d is word for d in decisions) for word in Decision}
    return {
        "comparisons": len(decisions),
        "verified": number[Decision.VERIFIED],
        "improved": number[Decision.IMPROVED],
        "worse": number[Decision.WORSE],
    }


def no_ops(pools: dict[str, list[Trial]], draws: int, generator: np.random.Generator) -> dict:
    """The same program on other seeds: first every pair of disjoint seeds, then draws."""
    table = {}
    for name, pool in pools.items():
        found, naive = {f"{seeds} seeds": [] for seeds in SEEDS}, 0
        apart = generator.permutation(len(pool))[: len(pool) // 10 * 10].reshape(-1, 10)
        orders = [*apart, *(generator.permutation(len(pool))[:10] for _ in range(draws))]
        disjoint = []
        for order in orders[: max(draws, len(apart))]:
            first, second = ([pool[i] for i in half] for half in (order[:5], order[5:]))
            naive += second[0].selection.error < 0.9 * first[0].selection.error - 1e-12
            for seeds in SEEDS:
                found[f"{seeds} seeds"].append(compare(first, second, seeds))
            if len(disjoint) < len(apart):
                disjoint.append(found["5 seeds"][-1])
        errors = [trial.held_out.error for trial in pool]
        table[name] = {
            "error": float(np.mean(errors)),
            "sd": float(np.std(errors)),
            "one retraining > 10 %": naive / len(found["5 seeds"]),
            "disjoint": counts(disjoint),
            **{key: counts(decisions) for key, decisions in found.items()},
        }
    return table


def power(pools: dict[str, list[Trial]], draws: int, generator: np.random.Generator) -> dict:
    table = {}
    for share in GAINS:
        for name, pool in pools.items():
            found = {f"{seeds} seeds": [] for seeds in SEEDS}
            for _ in range(draws):
                order = generator.permutation(len(pool))
                rows = int(generator.integers(1 << 30))
                first = [pool[i] for i in order[:5]]
                second = [
                    repaired(pool[i], share, np.random.default_rng(rows)) for i in order[5:10]
                ]
                for seeds in SEEDS:
                    found[f"{seeds} seeds"].append(compare(first, second, seeds))
            table[f"{name}, {share:.0%} of the error taken away"] = {
                "gain": share,
                "error": float(np.mean([trial.held_out.error for trial in pool])),
                "rows": len(pool[0].held_out.row_errors),
                **{key: counts(decisions) for key, decisions in found.items()},
            }
    return table


def repairs(pools: dict[str, list[Trial]], draws: int, generator: np.random.Generator) -> dict:
    """Real pairs of pools of one set-up: the worse one is the original."""
    table = {}
    for name in dict.fromkeys(pool.split(":")[0] for pool in pools):
        own = {key: pool for key, pool in pools.items() if key.startswith(f"{name}:")}
        mean = {key: np.mean([t.held_out.error for t in pool]) for key, pool in own.items()}
        best = min(mean, key=mean.get)
        for key, pool in own.items():
            gain = 1.0 - mean[best] / mean[key]
            if key == best or gain < 0.05:
                continue
            found = {f"{seeds} seeds": [] for seeds in SEEDS}
            for _ in range(draws):
                order = generator.permutation(len(pool))[:5]
                first, second = ([p[i] for i in order] for p in (pool, own[best]))
                for seeds in SEEDS:
                    found[f"{seeds} seeds"].append(compare(first, second, seeds))
            label = f"{key} -> {best.split(': ')[1]}"
            table[label] = {"gain": float(gain)} | {k: counts(d) for k, d in found.items()}
    return table


def total(table: dict, key: str, word: str) -> tuple[int, int]:
    return (
        sum(row[key][word] for row in table.values()),
        sum(row[key]["comparisons"] for row in table.values()),
    )


def summary(false: dict, made: dict, real: dict) -> dict[str, dict[str, object]]:
    """Shares over all pools; the 95 % intervals (Clopper-Pearson) take draws for independent."""
    wanted = {
        f"no-op, {key}: {word}": total(false, key, word)
        for key in ("disjoint", "3 seeds", "5 seeds")
        for word in ("verified", "improved", "worse")
    }
    for share in GAINS:
        rows = {name: row for name, row in made.items() if row["gain"] == share}
        for key in ("3 seeds", "5 seeds"):
            verified, count = total(rows, key, "verified")
            wanted[f"gain of {share:.0%}, {key}: verified"] = (verified, count)
            improved = total(rows, key, "improved")[0]
            wanted[f"gain of {share:.0%}, {key}: accepted"] = (verified + improved, count)
    for key in ("3 seeds", "5 seeds") if real else ():
        verified, count = total(real, key, "verified")
        accepted = verified + total(real, key, "improved")[0]
        wanted[f"real repairs, {key}: accepted"] = (accepted, count)
    found = {}
    for name, (hits, count) in wanted.items():
        interval = stats.binomtest(hits, count).proportion_ci() if count else (0.0, 1.0)
        found[name] = {
            "share": hits / max(count, 1),
            "of": count,
            "low": float(interval[0]),
            "high": float(interval[1]),
        }
    return found


def show(title: str, table: dict) -> None:
    print(f"\n{title}\n{'':60}{'3 seeds':>16}{'5 seeds':>16}")
    for name, row in table.items():
        cells = [
            f"{row[key]['verified'] / row[key]['comparisons']:.3f} / "
            f"{(row[key]['verified'] + row[key]['improved']) / row[key]['comparisons']:.3f}"
            for key in ("3 seeds", "5 seeds")
        ]
        extra = f", true gain {row['gain']:.0%}" if "->" in name else ""
        print(f"{name + extra:60}" + "".join(f"{cell:>16}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one set-up, 10 seeds, 20 draws")
    parser.add_argument("--names", help="set-ups, separated by commas")
    parser.add_argument("--seeds", type=int, default=40, help="trainings a pool")
    parser.add_argument("--draws", type=int, default=200, help="no-op comparisons a pool")
    parser.add_argument("--part", default="1/1", help="train only the i-th of n parts of the pools")
    parser.add_argument("--pools", type=Path, help="JSON file in which the trainings are kept")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    parser.add_argument("--plot", type=Path, help="PNG file for the picture")
    asked = parser.parse_args()
    seeds, draws = (10, 20) if asked.quick else (asked.seeds, asked.draws)
    names = asked.names.split(",") if asked.names else ["wine"] if asked.quick else list(SETUPS)
    part = tuple(map(int, asked.part.split("/")))
    pools = train_pools(seeds, names, file=asked.pools, part=part)
    about = surroundings("scipy", seed=0, seeds_of_a_pool=seeds, draws=draws, threads=1)
    print(in_words(about))
    print(f"{sum(map(len, pools.values()))} trainings in {len(pools)} pools", flush=True)
    generator = np.random.default_rng(0)
    false = no_ops(pools, draws, generator)
    made = power(pools, max(draws // 4, 5), generator)
    real = repairs(pools, max(draws // 4, 5), generator)
    print("min_improvement 10 %, alpha 5 %. Pairs: shares verified / verified or improved.")
    show("No-op changes", false)
    show("Made gains", made)
    show("Real repairs", real)
    found = summary(false, made, real)
    print()
    for name, row in found.items():
        print(
            f"{name:44}{row['share']:7.2%} of {row['of']} ({row['low']:.2%} to {row['high']:.2%})"
        )
    if asked.json:
        values = {"made_with": about, "no-op": false, "made": made, "real": real, "summary": found}
        asked.json.write_text(json.dumps(values, indent=1), encoding="utf-8")
    if asked.plot:
        from proof_plot import draw

        draw(false, made, asked.plot)


if __name__ == "__main__":
    main()
