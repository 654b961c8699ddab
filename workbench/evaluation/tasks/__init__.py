"""The tasks: how one item of each kind of suite is run and scored."""
