"""A table becomes a data set as the person chooses, and what cannot be learned from is said with its place."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.split import TRAINING
from nnstudio.engine.suited import suited
from nnstudio.engine.trainer import Trainer
from nnstudio.files.data.export import dataset_text, write_dataset
from nnstudio.files.data.guess import guess
from nnstudio.files.data.importing import ImportChoices, dataset_from, part_counts, plan
from nnstudio.files.data.reading import read_table
from nnstudio.files.data.table import Table, TableError

PENGUINS = """species,island,bill,mass,sex
Adelie,Torgersen,39.1,3750,male
Adelie,Torgersen,39.5,3800,female
Adelie,Dream,NA,NA,NA
Gentoo,Biscoe,47.3,4800,female
Gentoo,Biscoe,46.1,NA,male
Chinstrap,Dream,46.5,3500,female
"""
CLASSES = ImportChoices(("bill", "mass"), ("species",), "classification")


def table(folder: Path, text: str) -> Table:
    path = folder / "table.csv"
    path.write_text(text)
    return read_table(path)


@pytest.fixture
def penguins(tmp_path: Path) -> Table:
    return table(tmp_path, PENGUINS)


def refused(source: Table, choices: ImportChoices) -> TableError:
    with pytest.raises(TableError) as caught:
        dataset_from(source, choices, "refused")
    return caught.value


# Guessing


@pytest.mark.parametrize(
    ("header", "row", "target"),
    [
        ("a,b,c", "{i},{h},{k}", "c"),
        ("species,a,b", "{k},{i},{h}", "species"),
        ("a,y,b", "{i},{h},{h}", "y"),
        ("Class,a,b", "{k},{i},{h}", "Class"),
        ("a,b,comment", "{i},{k},note {i}", "b"),
        ("a,b,empty", "{i},{k},", "b"),
        ("a,b,same", "{i},{k},1", "b"),
    ],
)
def test_the_target_is_the_last_usable_column_or_one_that_is_called_so(
    tmp_path: Path, header: str, row: str, target: str
) -> None:
    rows = "".join(row.format(i=i, h=i / 3, k="abc"[i % 3]) + "\n" for i in range(30))
    assert guess(table(tmp_path, f"{header}\n{rows}")).targets == (target,)


def test_inputs_are_the_other_columns_that_say_something(tmp_path: Path) -> None:
    rows = "".join(
        f"{i},person {i},7,{'' if i % 3 else i},{i % 4},{'ab'[i % 2]},{i * i},{i % 2}\n" for i in range(1, 61)
    )
    names = "id,name,constant,hollow,grade,group,area,target"
    choices = guess(table(tmp_path, f"{names}\n{rows}"))
    assert choices == ImportChoices(("grade", "group", "area"), ("target",), "classification")


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (["yes", "no"] * 20, "classification"),
        ([0, 1] * 20, "classification"),
        (list(range(10)) * 4, "classification"),
        ([0, 1, 1, 0], "classification"),
        (list(range(11)) * 4, "regression"),
        ([0.5, 1.5] * 20, "regression"),
        ([1, 2, 3, 4], "regression"),
    ],
)
def test_text_and_a_few_whole_numbers_are_classes(tmp_path: Path, values: list[object], task: str) -> None:
    text = "x,t\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values))
    assert guess(table(tmp_path, text)).task == task


def test_a_target_can_be_named_and_a_wrong_name_is_answered(penguins: Table) -> None:
    choices = guess(penguins, ["mass"])
    assert (choices.targets, choices.task) == (("mass",), "regression")
    assert choices.inputs == ("species", "island", "bill", "sex")
    with pytest.raises(TableError, match=r"no column 'mas': expected one of species, .* \(did you mean mass\?\)"):
        guess(penguins, ["mas"])


# What comes of a table


def test_classes_keep_their_names(penguins: Table) -> None:
    dataset = dataset_from(penguins, CLASSES, "Penguins")
    assert dataset.title == "Penguins"
    assert dataset.inputs.tolist() == [[39.1, 3750], [39.5, 3800], [47.3, 4800], [46.5, 3500]]
    assert [dataset.class_names[label] for label in dataset.labels] == ["Adelie", "Adelie", "Gentoo", "Chinstrap"]
    assert dataset.input_names == ("bill", "mass")
    assert dataset.target_name == "species"
    assert not dataset.inputs.flags.writeable


def test_numbers_can_be_classes(tmp_path: Path) -> None:
    source = table(tmp_path, "x,t\n1,3\n2,10\n3,3\n4,1.5\n")
    dataset = dataset_from(source, ImportChoices(("x",), ("t",), "classification"), "t")
    assert dataset.class_names == ("1.5", "3", "10")
    assert dataset.labels.tolist() == [1, 2, 1, 0]


def test_a_text_input_becomes_one_input_for_each_category(penguins: Table) -> None:
    choices = ImportChoices(("island", "bill"), ("mass",), "regression")
    dataset = dataset_from(penguins, choices, "mass")
    assert dataset.input_names == ("island=Biscoe", "island=Dream", "island=Torgersen", "bill")
    assert dataset.inputs.tolist() == [[0, 0, 1, 39.1], [0, 0, 1, 39.5], [1, 0, 0, 47.3], [0, 1, 0, 46.5]]
    assert dataset.targets.tolist() == [[3750], [3800], [4800], [3500]]
    assert dataset.output_names == ("mass",)


def test_several_targets_of_a_regression(penguins: Table) -> None:
    dataset = dataset_from(penguins, ImportChoices(("island",), ("bill", "mass"), "regression"), "both")
    assert dataset.output_names == ("bill", "mass")
    assert dataset.targets.tolist() == [[39.1, 3750], [39.5, 3800], [47.3, 4800], [46.5, 3500]]


def test_gaps_get_the_number_that_is_given(penguins: Table) -> None:
    choices = replace(CLASSES, inputs=("bill", "mass", "sex"), missing="number", fill=-1.0)
    dataset = dataset_from(penguins, choices, "filled")
    assert dataset.samples == 6
    assert dataset.inputs[2].tolist() == [-1, -1, 0, 0, 1]
    assert dataset.input_names == ("bill", "mass", "sex=female", "sex=male", "sex=missing")


def test_gaps_get_the_mean_of_the_training_samples_alone(penguins: Table) -> None:
    choices = replace(CLASSES, missing="mean")
    dataset = dataset_from(penguins, choices, "filled")
    assert np.isnan(dataset.inputs).sum() == 3
    assert dataset == dataset_from(penguins, choices, "filled")
    base = ExperimentSpec()
    for seed in range(5):
        settings = {"data.name": "own", **suited(base, dataset), "data.test_share": 0.34, "data.seed": seed}
        spec = base.with_settings(settings | {"data.scaling": "none"}, dataset)
        training = dataset.inputs[spec.parts() == TRAINING]
        means = [np.mean([value for value in column if value == value]) for column in training.T]
        seen = spec.encoding().inputs(dataset.inputs)
        gaps = np.isnan(dataset.inputs)
        assert np.array_equal(seen[~gaps], dataset.inputs[~gaps])
        assert np.allclose(seen[gaps], np.array([means[0], means[1], means[1]]))
        trainer = Trainer(spec.with_settings({"data.scaling": "standardize"}))
        trainer.train(5)
        assert np.isfinite(trainer.outputs()).all()


def test_rows_without_a_target_are_always_left_out(penguins: Table) -> None:
    choices = ImportChoices(("bill",), ("mass",), "regression", missing="mean")
    assert dataset_from(penguins, choices, "mass").samples == 4
    assert plan(penguins, choices).left_out == 2


def test_what_will_come_of_it_is_said_in_a_sentence(penguins: Table) -> None:
    planned = plan(penguins, CLASSES)
    assert planned.sentence(CLASSES, test=0.25) == (
        "4 samples, 2 inputs, 3 classes (Adelie 2, Chinstrap 1, Gentoo 1); trains on 3, tests on 1. "
        "2 rows with gaps left out."
    )
    choices = ImportChoices(("island",), ("bill", "mass"), "regression")
    assert plan(penguins, choices).sentence(choices, validation=0.25, test=0.25) == (
        "4 samples, 3 inputs, 2 outputs (bill, mass); trains on 2, validates on 1, tests on 1. "
        "2 rows with gaps left out."
    )


def test_many_classes_are_summed_up(tmp_path: Path) -> None:
    source = table(tmp_path, "x,digit\n" + "".join(f"{i},{i % 10}\n" for i in range(1215)))
    choices = guess(source)
    assert plan(source, choices).sentence(choices) == (
        "1,215 samples, 1 input, 10 classes (121 to 122 samples each); trains on 1,215."
    )


# What cannot be learned from


def test_words_among_numbers_are_errors_unless_they_count_as_missing(tmp_path: Path) -> None:
    rows = [f"{i},{i % 2}" for i in range(30)]
    rows[10] = "twelve,0"
    source = table(tmp_path, "\n".join(["age,t", *rows, "dozen,1", ""]))
    choices = guess(source)
    error = refused(source, choices)
    assert str(error) == "line 12, column 'age': 'twelve' is not a number (1 more like it); expected one, or nothing"
    assert (error.line, error.column) == (12, "age")
    assert dataset_from(source, replace(choices, words_are_missing=True), "ages").samples == 29


@pytest.mark.parametrize(
    ("changes", "message", "column"),
    [
        ({"inputs": ()}, "no input is chosen: expected at least one column besides the target", None),
        ({"targets": ()}, "no target is chosen: expected the column that the network is to answer", None),
        ({"inputs": ("bill", "species")}, "column 'species' is both input and target: expected one or the", "species"),
        ({"task": "regression"}, "column 'species' holds text: regression expects numbers; choose", "species"),
        ({"targets": ("species", "sex")}, "classification has one target, which names the class", None),
    ],
)
def test_choices_that_do_not_go_together(
    penguins: Table, changes: dict[str, object], message: str, column: str | None
) -> None:
    error = refused(penguins, replace(CLASSES, **changes))  # type: ignore[arg-type]
    assert str(error).startswith(message)
    assert error.column == column


@pytest.mark.parametrize(
    ("text", "choices", "message"),
    [
        ("x,t\n1,a\n2,a\n", CLASSES, "column 't' holds a single class, 'a': expected at least two"),
        ("x,t\n1,a\n2,a\nNA,b\n", CLASSES, "column 't' holds a single class, 'a': expected at least two"),
        ("x,t\n1,\n,b\n", CLASSES, "no row is left: every one has a gap in a chosen column; fill the gaps, or leave"),
        ("x,t\n,a\n,b\n", CLASSES, "column 'x' is empty: leave it out"),
        (
            "x,t\n" + "".join(f"{i},{i}\n" for i in range(101)),
            CLASSES,
            "column 't' has 101 different values: expected at most 100 classes; it looks like a number: choose",
        ),
        (
            "x,t\n" + "".join(f"{i},name {i}\n" for i in range(101)),
            CLASSES,
            "column 't' has 101 different values: expected at most 100 classes; choose another target",
        ),
        (
            "x,t\n" + "".join(f"name {i},{i % 2}\n" for i in range(51)),
            CLASSES,
            "column 'x' has 51 different texts: expected numbers, or at most 50 texts; leave it out",
        ),
    ],
)
def test_tables_that_cannot_be_learned_from(tmp_path: Path, text: str, choices: ImportChoices, message: str) -> None:
    source = table(tmp_path, text)
    assert str(refused(source, replace(choices, inputs=("x",), targets=("t",)))).startswith(message)


# There and back


def test_samples_are_saved_as_they_were_read(penguins: Table, tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    for choices in (
        CLASSES,
        replace(CLASSES, missing="mean"),
        ImportChoices(("bill",), ("mass",), "regression"),
    ):
        dataset = dataset_from(penguins, choices, "saved")
        write_dataset(path, dataset)
        back = read_table(path)
        assert dataset_from(back, replace(guess(back, choices.targets), missing=choices.missing), "saved") == dataset


def test_samples_go_to_the_clipboard_with_the_names_of_their_classes(penguins: Table) -> None:
    assert dataset_text(dataset_from(penguins, replace(CLASSES, missing="mean"), "penguins")).splitlines()[:4] == [
        "bill\tmass\tspecies",
        "39.1\t3750.0\tAdelie",
        "39.5\t3800.0\tAdelie",
        "\t\tAdelie",
    ]
    signed = ExperimentSpec().with_settings({"data.targets": "signed", "training.loss": "mse"}).dataset()
    assert dataset_text(signed).splitlines()[1] == f"0.0\t0.0\t{signed.class_names[0]}"


def test_no_part_may_be_without_samples() -> None:
    assert part_counts(150, 0.0, 0.2) == (120, 0, 30)
    assert part_counts(10, 0.2, 0.3) == (5, 2, 3)
    for validation, test in ((0.0, 0.1), (0.1, 0.0), (0.5, 0.5)):
        with pytest.raises(TableError, match="leave a part without any of the 4 samples: expected at least one in"):
            part_counts(4, validation, test)
