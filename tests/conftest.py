"""What every test may use; the fixtures themselves lie in `tests/fixtures`."""

pytest_plugins = [
    "fixtures.postgres",
    "fixtures.processes",
    "fixtures.scripted_model",
    "fixtures.served",
    "fixtures.servers",
    "fixtures.wheelhouse",
]
