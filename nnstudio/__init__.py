"""nnstudio trains small neural networks in a window; its version stands here, where pyproject.toml reads it too."""

__version__ = "0.1.0"
