"""The dialog in which a person says what is to be learned from a table of theirs."""

from nnstudio.ui.data_import.choosing import ask_for_table
from nnstudio.ui.data_import.dialog import DataImportDialog, ImportedData

__all__ = ["DataImportDialog", "ImportedData", "ask_for_table"]
