"""What every test may use; the fixtures themselves lie in `tests/fixtures`."""

import signal

pytest_plugins = [
    "fixtures.postgres",
    "fixtures.processes",
    "fixtures.ragas_items",
    "fixtures.scripted_model",
    "fixtures.served",
    "fixtures.servers",
    "fixtures.wheelhouse",
]

# A shell starts what runs in its background with ctrl-c ignored, and children inherit that: the
# commands that tests interrupt would go on for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
