"""A collection in a database of PostgreSQL with pgvector; psycopg is imported nowhere else."""
