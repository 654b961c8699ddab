"""The local model server: one supervised vLLM for each model and set of flags of a user.

    resources    the cores and the memory that this process may use
    launch       the command line, the environment and the memory that a model needs
    processes    which processes belong to a server, and how to end them
    registry     the folder of a server: its state, key, lock, log and users
    logs         what a line of vLLM's log tells a person
    supervisor   the detached process that starts, watches, restarts and stops vLLM
    access       the middleware, inside vLLM, that asks for the key
    control      start or attach, wait, list and stop: what the rest of the workbench calls

Every module but `access` runs on the standard library and `workbench.errors`, so that the
supervisor stays small and starts at once.
"""
