"""A made-up province for the demo: canonical files, every word and number of them invented."""

from monitor.simulate.province import Province, write_province

__all__ = ["Province", "write_province"]
