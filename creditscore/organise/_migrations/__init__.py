"""Scripts of Alembic that bring the tables of a store from one version to the next."""
