"""A made-up province for the demo: canonical files, every word and number of them invented."""

from monitor.simulate.province import Province, write_province
from monitor.simulate.weekly import deliveries

__all__ = ["Province", "deliveries", "write_province"]
