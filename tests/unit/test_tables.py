from workbench.engine.tables import spell_tables

TABLE = """Fees:

| Guest leaves | Fee | Approved by |
|---|:---:|---|
| until 13:00 | free | agent |
| until 15:00 | 500,000 VND |  |

Per room."""


def test_rows_name_their_columns():
    assert spell_tables(TABLE).splitlines() == [
        "Fees:",
        "",
        "- Guest leaves: until 13:00; Fee: free; Approved by: agent",
        "- Guest leaves: until 15:00; Fee: 500,000 VND",
        "",
        "Per room.",
    ]


def test_text_without_tables_is_untouched():
    assert spell_tables("a | b\nc") == "a | b\nc"


def test_a_table_without_a_header_keeps_its_cells():
    assert spell_tables("| a | b |\n| c | d |") == "- a; b\n- c; d"
