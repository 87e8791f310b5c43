"""Connects the panels that do something with the session, and with each other."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.engine.registry import SettingError
from nnstudio.session.session import Session
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.heatmap import unit_names
from nnstudio.ui.panels.network import NetworkPanel
from nnstudio.ui.panels.pictures import PicturesPanel
from nnstudio.ui.panels.surface import SurfacePanel


class PanelLinks(QObject):
    """What a person does in a panel changes the experiment or the run; what they point at is seen elsewhere.

    Parameters
    ----------
    session : Session
    panels : mapping of str to Panel
        The window's panels by their keys.
    parent : QObject

    Attributes
    ----------
    digits_wanted : Signal()
        The person wants to see a network read digits.
    """

    digits_wanted = Signal()

    def __init__(self, *, session: Session, panels: Mapping[str, Panel], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        network, surface, pictures = panels["network"], panels["surface"], panels["pictures"]
        assert isinstance(network, NetworkPanel)
        assert isinstance(surface, SurfacePanel)
        assert isinstance(pictures, PicturesPanel)
        self._surface, self._pictures = surface, pictures
        network.unit_hovered.connect(self._show_unit)
        network.parameter_typed.connect(self._type_parameter)
        network.features_toggled.connect(self._use_features)
        network.hidden_changed.connect(self._use_hidden)
        surface.data_painted.connect(self._use_painted)
        pictures.digits_wanted.connect(self.digits_wanted)
        # One sample is looked at, wherever it is chosen.
        network.sample_changed.connect(self._show_sample)
        pictures.sample.sample_changed.connect(network.set_sample)

    @Slot(object)
    def _show_unit(self, unit: tuple[int, int] | None) -> None:
        run = self._session.run
        if unit is None or run is None:
            self._surface.show_output()
        else:
            layer, index = unit
            self._surface.show_neuron(layer, index, unit_names(run)[layer][index])

    @Slot(int)
    def _show_sample(self, sample: int) -> None:
        if self._pictures.shows_pictures:
            self._pictures.sample.show_sample(sample)

    @Slot(int, float, str)
    def _type_parameter(self, index: int, value: float, name: str) -> None:
        self._session.set_parameter(index, value, name)

    @Slot(object, bool)
    def _use_features(self, features: tuple[str, ...], keep: bool) -> None:
        self._use({"data.features": features}, "choice of features", keep)

    @Slot(object, bool)
    def _use_hidden(self, hidden: tuple[HiddenLayer, ...], keep: bool) -> None:
        self._use({"network.hidden": hidden}, "change of hidden layers", keep)

    def _use(self, settings: Mapping[str, object], text: str, keep: bool) -> None:
        try:
            spec = self._session.spec.with_settings(settings)
        except SettingError as error:
            self._session.setting_refused.emit(error.key, error.reason)
            return
        self._session.use_spec(spec, text, keep_weights=keep)

    @Slot(object, str)
    def _use_painted(self, dataset: Dataset, text: str) -> None:
        self._session.use_data(dataset, text, keep_weights=True)
