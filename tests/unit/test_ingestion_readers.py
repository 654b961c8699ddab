"""Reading Markdown, HTML, plain text and PDF into sections."""

import pytest
from fpdf import FPDF

from workbench.engine.ingestion.html import read_html
from workbench.engine.ingestion.markdown import read_markdown
from workbench.engine.ingestion.pdf import read_pdf
from workbench.engine.ingestion.plain import read_plain
from workbench.errors import IndexingError


def as_pairs(reading):
    return [(" > ".join(section.heading), section.text) for section in reading.sections]


def pdf_bytes(pages, title=None, encrypt=None):
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    if title:
        pdf.set_title(title)
    for lines in pages:
        pdf.add_page()
        for line in lines:
            pdf.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    if encrypt:
        pdf.set_encryption(owner_password=encrypt, user_password=encrypt)
    return bytes(pdf.output())


def test_markdown_keeps_the_path_of_headings_and_lifts_the_title():
    text = "# Hotel\nIntro.\n## Fees\nA.\n### Groups\nB.\n## Times\nC.\n"
    reading = read_markdown(text)
    assert reading.title == "Hotel"
    assert as_pairs(reading) == [
        ("", "Intro."),
        ("Fees", "A."),
        ("Fees > Groups", "B."),
        ("Times", "C."),
    ]


def test_markdown_headings_may_skip_levels_and_close_themselves():
    reading = read_markdown("# T #\n#### Deep ####\nx\n## Flat\ny\n")
    assert as_pairs(reading) == [("Deep", "x"), ("Flat", "y")]


def test_a_hash_in_code_is_no_heading():
    reading = read_markdown("# T\n```\n# not a heading\n```\n")
    assert as_pairs(reading) == [("", "```\n# not a heading\n```")]


def test_front_matter_gives_the_title_and_is_not_text():
    reading = read_markdown('---\ntitle: "Rules"\ndate: 2025-01-01\n---\n# Other\nText.\n')
    assert reading.title == "Rules"
    assert as_pairs(reading) == [("Other", "Text.")]


def test_a_text_without_headings_is_one_section():
    assert as_pairs(read_markdown("just words")) == [("", "just words")]
    assert read_markdown("").sections == ()


def test_html_is_read_by_headings_with_tables_and_lists():
    page = """<html><head><title>Tab title</title><style>p{}</style></head><body>
    <nav>menu</nav><h1>Night <b>audit</b></h1><p>First
    paragraph.</p><!-- hidden --><script>bad()</script>
    <h2>Steps</h2><ul><li>one</li><li>two</li></ul>
    <table><tr><th>Item</th><th>Price</th></tr><tr><td>Tea | coffee</td><td>5</td></tr></table>
    <div>loose<br>text</div></body></html>"""
    reading = read_html(page.encode())
    assert reading.title == "Night audit"
    intro, steps = as_pairs(reading)
    assert intro == ("", "First paragraph.")
    assert steps[0] == "Steps"
    assert "- one\n- two" in steps[1].replace("\n\n", "\n")
    assert "| Item | Price |\n|---|---|\n| Tea / coffee | 5 |" in steps[1]
    assert "loose\ntext" in steps[1]
    assert not any(word in steps[1] + intro[1] for word in ("menu", "bad()", "hidden"))


def test_html_says_its_encoding():
    page = '<meta charset="iso-8859-1"><p>café</p>'.encode("iso-8859-1")
    assert as_pairs(read_html(page)) == [("", "café")]


def test_html_without_headings_takes_the_title_of_the_page():
    assert read_html(b"<title>Only this</title><p>x</p>").title == "Only this"


def test_plain_text_headings_are_capitals_or_underlined():
    text = "KEY CARDS\n\nVersion 1\n\n1. ISSUING\n\nCards are\nissued.\n\nTimes\n-----\nAt noon.\n"
    reading = read_plain(text)
    assert reading.title == "KEY CARDS"
    assert as_pairs(reading) == [
        ("", "Version 1"),
        ("1. ISSUING", "Cards are\nissued."),
        ("Times", "At noon."),
    ]


def test_plain_text_that_begins_with_a_hash_has_no_heading():
    assert as_pairs(read_plain("# 1 of 3\ntext")) == [("", "# 1 of 3\ntext")]


def test_pdf_pages_count_from_one_and_headings_stay_in_the_text():
    content = pdf_bytes(
        [
            ["Manual page 1", "First words of the manual."],
            ["Manual page 2", "2. Fire", "Break the glass.", "Then leave."],
            ["Manual page 3", "More about fire."],
        ],
        title="Safety",
    )
    reading = read_pdf(content)
    assert (reading.title, reading.pages) == ("Safety", 3)
    assert [(s.page, s.heading, s.text) for s in reading.sections] == [
        (1, (), "First words of the manual."),
        (2, ("2. Fire",), "2. Fire\nBreak the glass. Then leave."),
        (3, ("2. Fire",), "More about fire."),
    ]


def test_pdf_joins_wrapped_lines_but_not_rows_of_figures():
    wrapped = "This sentence is long enough to be wrapped by the one who set it in"
    row = "Revenue 9,583 10,329 19,050 20,976 of the year and of the one before"
    content = pdf_bytes([[wrapped, "two lines.", row, row]])
    (section,) = read_pdf(content).sections
    assert section.text == f"{wrapped} two lines.\n{row}\n{row}"


def test_an_encrypted_pdf_says_so():
    pytest.importorskip("cryptography")
    with pytest.raises(IndexingError, match="is encrypted"):
        read_pdf(pdf_bytes([["secret"]], encrypt="pw"))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 cut short", b"no pdf at all"])
def test_a_broken_pdf_says_so(content):
    with pytest.raises(IndexingError, match="is not a readable PDF"):
        read_pdf(content)


def test_a_pdf_that_ends_early_is_refused():
    whole = pdf_bytes([["one"], ["two"]])
    with pytest.raises(IndexingError):
        read_pdf(whole[: len(whole) // 3])
