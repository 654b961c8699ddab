"""What is kept in Postgres: the schema's migrations and one repository a subject."""
