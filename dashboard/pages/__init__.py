"""One module a page, each with PATH, NAME, title(), layout(address) and wire(app, reader, today).

They do not know one another.
"""
