"""The pages: Dash on Flask. It reads through `monitor.reader` and writes nothing."""
