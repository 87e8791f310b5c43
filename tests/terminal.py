"""Stands in for a terminal where the command line writes progress to one."""


class Terminal:
    """Collects what is written to it, and claims to be a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True
