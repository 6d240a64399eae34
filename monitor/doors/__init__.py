"""Where people and machines come in: command line, scheduler; the clock and the settings are read here."""
