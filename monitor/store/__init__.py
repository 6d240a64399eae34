"""Every INSERT and UPDATE."""
