"""Alembic's scripts: numbered, tested up, down and against the tables, on both databases."""
