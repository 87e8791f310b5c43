"""The data sets: what a network is asked to learn."""

from nnstudio.engine.choices.datasets.dataset import Dataset
from nnstudio.engine.choices.datasets.gates import GATES
from nnstudio.engine.choices.datasets.own import OWN
from nnstudio.engine.choices.datasets.planar import PLANAR
from nnstudio.engine.choices.datasets.regression import REGRESSION
from nnstudio.engine.choices.datasets.shipped import SHIPPED
from nnstudio.engine.registry import Registry

#: Every entry's `build` is given `rng`, a random generator, besides its parameters.
DATASETS: Registry[Dataset] = Registry("data set", [*GATES, *PLANAR, *REGRESSION, *SHIPPED, OWN])

__all__ = ["DATASETS", "Dataset"]
