"""Pieces of pages: data in, components out; they fetch nothing."""
