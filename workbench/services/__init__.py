"""What runs beside us: Postgres, the model server, and the weights it serves."""
