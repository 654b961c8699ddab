"""Where the `workbench` command begins."""

from workbench.interrupts import INTERRUPTED, leave, leave_on_interrupt


def main() -> None:
    """Run the command line; ctrl-c ends it with one line and exit code 130 at any moment."""
    leave_on_interrupt("workbench: interrupted")
    from workbench.cli.app import app

    try:
        app()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            leave()  # said already; a thread may still be at work
        raise


if __name__ == "__main__":
    main()
