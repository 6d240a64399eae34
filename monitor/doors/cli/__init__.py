"""The command line: a file of commands each, collected by `main`."""
