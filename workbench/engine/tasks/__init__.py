"""Tasks of several steps: an instruction becomes a checked plan over tools, and is carried out."""
