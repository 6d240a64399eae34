"""The plan of a project (节点管控): when each item should begin and end by the promises, and how far it has slipped.

`graph` says what an item waits for, `forward` lays the items of one project along the calendar, `document` writes
the result down as docs/json.md describes it. Dates and limits are
those of `assess`: nothing here reads an event for itself.
"""
