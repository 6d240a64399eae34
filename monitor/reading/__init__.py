"""Every SELECT, scoped by a Viewer, as documented frames."""
