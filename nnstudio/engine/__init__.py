"""The network and its training in NumPy, usable in a notebook without the window."""

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Network
from nnstudio.engine.registry import SettingError
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Losses, RunState, Trainer

__all__ = ["Dataset", "ExperimentSpec", "Losses", "Network", "RunState", "SettingError", "Trainer"]
