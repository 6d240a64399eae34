"""The law as a function: logs, packs and calendars in, standings out. No clock, no database."""
