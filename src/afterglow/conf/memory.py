"""How a loaded program keeps its memory: out of the way of the pages."""

import gc
from importlib import import_module

ROUNDS = (20_000, 20, 50)
"""New objects to one round of the collector, those to one of the middle-aged, and those to one of all.  A page of forty rooms makes tens of
thousands that are dropped by counting; Python's own 700, 10 and 10 start rounds far oftener."""


def settle_memory() -> None:
    """The program itself, once loaded, is garbage to nobody: left out of the collector's rounds, which else hold a page up for 60 ms."""
    import_module("afterglow.conf.urls")  # with every view
    gc.collect()
    gc.freeze()
    gc.set_threshold(*ROUNDS)
