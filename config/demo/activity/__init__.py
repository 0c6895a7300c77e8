"""A quiet simulation of colleagues, so that an open board is visibly alive. It acts only through the real actions."""

from config.demo.activity.loop import run

__all__ = ["run"]
