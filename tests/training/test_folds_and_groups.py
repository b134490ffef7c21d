"""Groups that stay together, and folds for data that are too few for three parts."""

import hashlib
from itertools import chain

import numpy as np
import pytest
from sklearn.datasets import load_wine

from keras_debugger.errors import InvalidDataError
from keras_debugger.training.cutting import FEWEST_FOR_PARTS
from keras_debugger.training.data import split_data
from keras_debugger.training.dealing import NEVER_APART, deal


def numbered(rows, classes=2):
    return np.arange(rows, dtype="float64")[:, np.newaxis], np.arange(rows) % classes


def rows_of(part):
    return part.x[:, 0].astype(int).tolist()


def parts_of(parts):
    return [parts.train, parts.selection, parts.held_out]


def test_no_group_stands_in_two_parts_and_classes_stay_in_proportion():
    x, y = numbered(600, classes=3)
    groups = np.random.default_rng(0).integers(0, 60, size=600)
    parts = split_data((x, y), groups=groups)
    seen = [set(groups[rows_of(part)]) for part in parts_of(parts)]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]
    assert sorted(chain(*(rows_of(part) for part in parts_of(parts)))) == list(range(600))
    for part in parts_of(parts)[1:]:
        assert 60 <= part.rows <= 170
        np.testing.assert_allclose(np.bincount(part.y) / part.rows, 1 / 3, atol=0.1)
    assert "whole groups" in parts.describe()


def test_one_class_a_group_is_stratified_as_far_as_it_goes():
    groups = np.repeat([f"patient {i}" for i in range(20)], 20)
    y = np.repeat(np.arange(20) % 2, 20)
    parts = split_data((np.arange(400.0)[:, np.newaxis], y), groups=groups)
    assert set(parts.held_out.y) == {0, 1}
    assert parts.held_out.rows == 80


def test_the_last_groups_are_held_out_if_rows_are_in_order_of_time():
    x, _ = numbered(300)
    parts = split_data((x, np.sin(x)), groups=np.repeat(np.arange(30), 10), shuffle=False)
    assert rows_of(parts.held_out) == list(range(230, 300)) or rows_of(parts.held_out) == list(
        range(240, 300)
    )
    assert max(rows_of(parts.train)) < min(rows_of(parts.selection))


def test_groups_of_the_same_seed_are_the_same_and_an_object_array_is_read():
    x, y = numbered(200)
    groups = np.array([None, "a", "b", 3] * 50, dtype=object)
    one, two = (split_data((x, y), groups=groups) for _ in range(2))
    assert one.digests == two.digests
    assert set(one.digests) == {"train", "selection", "held_out"}


@pytest.mark.parametrize("groups", [np.zeros(199), np.zeros((200, 2)), 3])
def test_groups_of_another_length(groups):
    with pytest.raises(InvalidDataError, match="one value for each of the 200 rows"):
        split_data(numbered(200), groups=groups)


def test_too_few_groups():
    with pytest.raises(InvalidDataError, match="got 2 groups"):
        split_data(numbered(200), groups=np.arange(200) % 2)
    data = numbered(200)
    parts = split_data(data, groups=np.arange(200) % 2, test_data=data)
    assert parts.train.rows == 100


def test_few_rows_are_judged_by_every_row_in_turn():
    x, y = load_wine(return_X_y=True)
    x, y = x[::2], y[::2]
    parts = split_data((x, y))
    assert len(y) < FEWEST_FOR_PARTS
    assert len(parts.folds) == 10
    choosing = parts.places.selection.tolist()
    assert len(choosing) == round(len(y) / 5)
    for first in (0, 5):
        judged = np.concatenate([parts.folds[first + i].held_out for i in range(5)])
        assert sorted([*judged, *choosing]) == list(range(len(y)))
    for number in range(10):
        fold = parts.fold(number)
        places = fold.places
        taken = np.concatenate([places.train, places.selection, places.held_out])
        assert sorted(taken) == list(range(len(y)))
        assert places.selection.tolist() == choosing
        np.testing.assert_array_equal(fold.held_out.x, x[places.held_out])
        np.testing.assert_array_equal(fold.train.y, y[places.train])
        assert set(fold.held_out.y) == set(fold.selection.y) == {0, 1, 2}
    assert parts.fold(0).digests == parts.digests
    np.testing.assert_array_equal(parts.fold(0).held_out.x, parts.held_out.x)


def test_folds_keep_groups_whole_and_the_users_validation_data():
    x, y = numbered(100)
    groups = np.arange(100) // 5
    parts = split_data((x, y), groups=groups, validation_data=numbered(30))
    assert len(parts.folds) == 10
    for number in range(10):
        fold = parts.fold(number)
        assert not set(groups[rows_of(fold.train)]) & set(groups[rows_of(fold.held_out)])
        assert fold.selection is parts.selection


def test_few_rows_in_order_of_time_are_judged_by_what_came_before():
    x, _ = numbered(100)
    parts = split_data((x, np.sin(x)), shuffle=False)
    assert len(parts.folds) == 5
    for fold in map(parts.fold, range(5)):
        before = rows_of(fold.train) + rows_of(fold.selection)
        assert max(before) + 1 == min(rows_of(fold.held_out))
        assert rows_of(fold.selection) == list(range(40, 60))
    judged = np.concatenate([places.held_out for places in parts.folds])
    assert sorted(judged) == list(range(60, 100))


@pytest.mark.parametrize("shuffle", [True, False])
def test_no_fold_is_empty_however_few_rows_there_are(shuffle):
    for rows in range(10, 40):
        x, _ = numbered(rows)
        parts = split_data((x, np.sin(x)), shuffle=shuffle)
        for fold in map(parts.fold, range(len(parts.folds))):
            assert min(fold.train.rows, fold.selection.rows, fold.held_out.rows) > 0
        assert min(parts.train.rows, parts.selection.rows, parts.held_out.rows) > 0


def test_the_rows_of_a_validation_split_choose_in_all_folds():
    x, y = numbered(100)
    parts = split_data((x, y), validation_split=0.1)
    assert len(parts.folds) == 10
    assert all(rows_of(parts.fold(i).selection) == list(range(90, 100)) for i in range(10))


def test_the_digests_are_those_of_the_rows_that_are_used():
    x, y = numbered(100)
    parts = split_data((x, y))
    for used in (parts, parts.fold(3), parts.without_held_out()):
        for name in ("train", "selection", "held_out"):
            part, places = getattr(used, name), getattr(used.places, name)
            whole = hashlib.sha256(np.asarray(places, dtype=np.int64).tobytes())
            for array in (part.x, part.y):
                whole.update(f"{array.shape} {array.dtype}".encode())
                whole.update(np.ascontiguousarray(array).tobytes())
            assert used.digests[name] == whole.hexdigest()
        assert used.digest == used.digests["held_out"]


def test_rows_that_were_sorted_are_split_anew():
    x, _ = numbered(200)
    parts = split_data((x, np.arange(200) // 20), validation_split=0.2)
    assert set(parts.selection.y) - set(parts.train.y)
    anew = parts.split_anew(seed=0)
    assert set(anew.selection.y) == set(anew.train.y) == set(range(10))
    assert (anew.train.rows, anew.selection.rows) == (parts.train.rows, parts.selection.rows)
    before = {*rows_of(parts.train), *rows_of(parts.selection)}
    assert {*rows_of(anew.train), *rows_of(anew.selection)} == before
    assert rows_of(anew.selection) == anew.places.selection.tolist()
    assert anew.held_out is parts.held_out
    assert anew.digests["held_out"] == parts.digests["held_out"]
    assert anew.digests["selection"] != parts.digests["selection"]


def test_given_test_data_need_no_folds():
    data = numbered(40)
    assert split_data(data, test_data=data).folds == ()


def test_a_row_alone_in_its_class_is_never_judged():
    codes = np.array([0] * 10 + [1] * 9 + [2])
    fold = deal(codes, 20, folds=5, generator=np.random.default_rng(0))
    assert fold[19] == NEVER_APART
    assert np.bincount(fold[:19]).tolist() in ([4, 4, 4, 4, 3], [3, 4, 4, 4, 4])


def test_rows_that_stand_in_two_parts_are_told():
    x, y = numbered(200)
    x = np.vstack([x[:150], x[:50]])
    parts = split_data((x, y))
    assert parts.repeated > 0
    assert f"{parts.repeated} of 40 held-out rows have the same inputs" in parts.notes[0]
    kept = split_data((x, y), groups=x[:, 0])
    assert kept.repeated == 0
    assert kept.notes == ()
