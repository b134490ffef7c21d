import numpy as np
import pytest
from scipy import stats

from keras_debugger.proof.bounds import seed_bounds
from keras_debugger.proof.statistics import decide
from keras_debugger.types.trial import Score
from keras_debugger.types.vocabulary import Decision


def score(rows, *, constant=0.5, finite=True, metric="accuracy"):
    rows = np.asarray(rows, dtype=float)
    error = float(rows.mean())
    return Score(
        metric=metric,
        value=1.0 - error,
        error=error,
        constant_error=constant,
        row_errors=tuple(rows.tolist()),
        finite=finite,
    )


def wrong(share, *, rows=400, seed=0):
    """0/1 errors of `rows` rows with the given share of errors."""
    return (np.random.default_rng(seed).permutation(rows) < share * rows).astype(float)


def test_the_interval_over_seeds_is_the_one_sided_paired_t_interval_of_the_logarithms():
    old, new = np.array([0.30, 0.34, 0.28, 0.31]), np.array([0.20, 0.22, 0.23, 0.19])
    bounds = seed_bounds(old, new, alpha=0.05)
    offset = old.mean() / 4
    logs = np.log(new + offset), np.log(old + offset)
    less = stats.ttest_rel(*logs, alternative="less").confidence_interval(0.95)
    greater = stats.ttest_rel(*logs, alternative="greater").confidence_interval(0.95)
    for bound, limit in ((bounds.low, less.high), (bounds.high, greater.low)):
        error = np.exp(limit) * (old.mean() + offset) - offset
        assert bound == pytest.approx(1 - error / old.mean())


def test_a_gain_on_every_seed_is_seen_though_the_original_varies_by_factors():
    before = [score(wrong(share, seed=1)) for share in (0.1, 0.9, 0.15, 0.3, 0.12)]
    after = [score(wrong(0.3 * share, seed=2)) for share in (0.1, 0.9, 0.15, 0.3, 0.12)]
    assert decide(before, after).decision is Decision.VERIFIED


def test_the_bounds_hold_the_gain():
    before = [score(wrong(share, seed=1)) for share in (0.2, 0.2, 0.2, 0.2, 0.2)]
    after = [score(wrong(share, seed=1)) for share in (0.05, 0.05, 0.05, 0.05, 0.6)]
    verdict = decide(before, after)
    assert verdict.low <= verdict.gain <= verdict.high
    assert verdict.decision is Decision.NOT_PROVEN


def test_a_large_gain_on_every_seed_and_many_rows_is_verified():
    before = [score(wrong(0.30 + 0.01 * seed, seed=seed)) for seed in range(5)]
    after = [score(wrong(0.05, seed=10 + seed)) for seed in range(5)]
    verdict = decide(before, after, plan="x")
    assert verdict.decision is Decision.VERIFIED
    assert verdict.gain == pytest.approx(1 - 0.05 / 0.32)
    assert 0.10 < verdict.low < verdict.gain < verdict.high
    assert verdict.sentence.startswith(
        "Verified: accuracy on 400 held-out rows is 0.680 before and 0.950 after (mean of 5 seeds)"
    )
    assert (verdict.rows, verdict.plan, verdict.needed) == (400, "x", "")


def test_a_gain_above_ten_percent_whose_bound_is_below_is_only_improved():
    before = [score(wrong(share, seed=1)) for share in (0.30, 0.32, 0.28, 0.31, 0.29)]
    after = [score(wrong(share, seed=1)) for share in (0.25, 0.29, 0.24, 0.24, 0.27)]
    verdict = decide(before, after)
    assert verdict.decision is Decision.IMPROVED
    assert 0.0 < verdict.low <= 0.10 < verdict.gain


def test_one_lucky_seed_proves_nothing():
    before = [score(wrong(share, seed=1)) for share in (0.9, 0.10, 0.10, 0.11, 0.10)]
    after = [score(wrong(0.10, seed=1)) for _ in range(5)]
    verdict = decide(before, after)
    assert verdict.decision is Decision.NOT_PROVEN
    assert verdict.gain > 0.5
    assert "seeds instead of 5" in verdict.needed


def test_too_few_rows_say_how_many_are_needed():
    before = [score(wrong(4 / 20, rows=20, seed=1))] * 5
    after = [score(wrong(3 / 20, rows=20, seed=1))] * 5
    verdict = decide(before, after)
    assert verdict.decision is Decision.NOT_PROVEN
    # One of 20 rows changes: discordance 0.05, difference 0.05, 6.2 * 0.05 / 0.05**2 = 124 rows.
    # 4 wrong rows of 20: 6.2 / (20 * 0.2) = 1.55, more than all of the error.
    assert verdict.needed == (
        "about 124 held-out rows instead of 20 (so few cannot prove any gain over an error this "
        "small)"
    )
    assert verdict.smallest_gain == pytest.approx(1.55)


def test_few_rows_say_what_they_can_prove():
    before = [score(wrong(0.4, rows=40, seed=1))] * 5
    after = [score(wrong(0.35, rows=40, seed=1))] * 5
    verdict = decide(before, after)
    assert verdict.decision is Decision.NOT_PROVEN
    # 6.2 / (40 * 0.4) = 0.3875; the gain is 2 of 16 errors.
    assert verdict.smallest_gain == pytest.approx(0.3875)
    assert "so few can prove no gain below 39 %" in verdict.needed


def test_equal_seeds_leave_the_rows_to_decide():
    before = [score(wrong(0.4, rows=1000, seed=1))] * 3
    after = [score(wrong(0.1, rows=1000, seed=1))] * 3
    verdict = decide(before, after)
    assert verdict.decision is Decision.VERIFIED
    assert "(mean of only 3 seeds)" in verdict.sentence
    assert verdict.low < verdict.gain < verdict.high


def test_the_same_scores_are_no_better():
    before = [score(wrong(0.2, seed=seed)) for seed in range(3)]
    verdict = decide(before, before)
    assert verdict.decision is Decision.NO_BETTER
    assert verdict.gain == 0.0
    assert verdict.needed == ""


def test_harm_is_called_worse():
    before = [score(wrong(0.1, seed=seed)) for seed in range(5)]
    after = [score(wrong(0.4, seed=seed)) for seed in range(5)]
    verdict = decide(before, after)
    assert verdict.decision is Decision.WORSE
    assert verdict.high < 0.0
    assert verdict.sentence.startswith("Worse: ")
    assert "300 % more error" in verdict.sentence


def test_no_error_before_means_nothing_to_improve():
    verdict = decide([score(np.zeros(30))] * 3, [score(np.zeros(30))] * 3)
    assert verdict.decision is Decision.NO_BETTER
    assert "nothing can improve" in verdict.sentence
    assert verdict.gain == 0.0


def test_diverged_runs_are_counted_and_told():
    before = [score(wrong(0.5, seed=seed), finite=seed > 1) for seed in range(5)]
    after = [score(wrong(0.1, seed=seed)) for seed in range(5)]
    verdict = decide(before, after)
    assert verdict.diverged_before == 5  # two answer NaN, three are as bad as a constant guess
    assert (
        "The original is no better than a constant guess on 5 of 5 seeds (2 of them became NaN and "
        "count as one)." in verdict.sentence
    )
    assert (verdict.nan_before, verdict.nan_after) == (2, 0)


def test_a_metric_that_is_no_mean_of_rows_is_judged_by_the_seeds_alone():
    def bare(error):
        return Score(metric="loss", value=error, error=error, constant_error=2.0)

    verdict = decide([bare(1.0), bare(1.1), bare(0.9)], [bare(0.2), bare(0.25), bare(0.2)])
    assert verdict.decision is Decision.VERIFIED
    assert verdict.rows == 0
    assert "on the held-out data is 1.000 before and 0.217 after" in verdict.sentence


def test_harm_that_chance_explains_is_no_better_and_not_worse():
    before = [score(wrong(0.20 + 0.05 * (seed % 2), seed=seed)) for seed in range(5)]
    after = [score(wrong(0.21 + 0.05 * (seed % 3), seed=seed)) for seed in range(5)]
    assert decide(before, after).decision is Decision.NO_BETTER


def test_one_seed_alone_is_never_proof():
    verdict = decide([score(wrong(0.4))], [score(wrong(0.1))])
    assert verdict.decision is Decision.NOT_PROVEN
    assert "one seed alone proves nothing" in verdict.sentence


def test_scores_that_cannot_be_paired_are_refused():
    with pytest.raises(ValueError, match="cannot be paired"):
        decide([score(wrong(0.4))] * 3, [score(wrong(0.1))] * 2)


def test_the_same_scores_give_the_same_verdict():
    before = [score(wrong(0.3, seed=seed)) for seed in range(3)]
    after = [score(wrong(0.2, seed=9 + seed)) for seed in range(3)]
    assert decide(before, after) == decide(before, after)


def test_a_no_op_is_rarely_accepted():
    # Errors of the kind that retraining gives: sd 15 % of the mean over seeds, 150 rows.
    generator = np.random.default_rng(0)
    verified = improved = 0
    for _ in range(150):
        shares = np.clip(generator.normal(0.2, 0.03, size=10), 0.02, 0.6)
        scores = [score((generator.random(150) < share).astype(float)) for share in shares]
        decision = decide(scores[:5], scores[5:]).decision
        verified += decision is Decision.VERIFIED
        improved += decision is Decision.IMPROVED
    assert verified <= 2
    assert verified + improved <= 9
