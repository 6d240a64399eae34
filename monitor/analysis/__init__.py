"""What can be said of many cases: frames and arrays in, frames out; no database, no clock, no environment."""
