"""The network and its training in NumPy, usable in a notebook without the window."""

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Network
from nnstudio.engine.registry import SettingError
from nnstudio.engine.run_state import Losses, RunState
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer

__all__ = ["Dataset", "ExperimentSpec", "Losses", "Network", "RunState", "SettingError", "Trainer"]
