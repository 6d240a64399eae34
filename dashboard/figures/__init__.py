"""Figures: a frame in, a figure as a plain dict out (a `go.Figure` costs 6 ms, a dict 0.01 ms)."""
