"""Alembic migrations of the store; run by `scanner.store.open_store` at start."""
