"""Measures that hold up in an argument: frames and arrays in, frames and small values out; no database, no clock."""
