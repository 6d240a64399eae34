"""The application around the law: what comes in is stored, assessed by `rules`, and shown or told."""
