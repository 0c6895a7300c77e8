"""The page that lies beside an export: what the files are and how to read them."""

from datetime import datetime

from fhir_r4.bulk.tables import LEFT_OUT, columns, tables

WORDS = """# Export of the whole organisation

Made {at:%Y-%m-%d %H:%M} UTC by Stepwell from one snapshot of its database. These are patient records under 42 CFR Part 2: see NOTICE.txt.

- `manifest.json`: every file with its number of lines, its size and its SHA-256. It is written last: without it the export is not whole.
- `fhir/*.ndjson`: one FHIR R4 (4.0.1) resource a line, UTF-8, one file for each type. References stand as `Patient/12` and lead to the
  file of that type. Every resource carries its security labels in `meta.security`. Systems and extensions that begin with `urn:stepwell:`
  are explained in docs/fhir.md.
- `tables/*.ndjson`: one row a line, a JSON object of column to value: everything that was entered, for what FHIR cannot say. Instants are
  ISO 8601 with an offset; amounts are numbers as entered; a column that ends in `_id` holds the key of the row it names, in the table
  of that name.

Not in it: SUD counseling notes (their author's, under their own key and consent), passwords, PINs and tokens ({left}).

## Tables

| Table | What it is | Columns |
|---|---|---|
{tables}
"""


def readme(at: datetime) -> str:
    """The words, with every table and its columns."""
    lines = (
        f"| {model._meta.db_table} | {_first(model.__doc__)} | {', '.join(columns(model))} |" for model in tables()
    )
    return WORDS.format(at=at, left=", ".join(sorted(LEFT_OUT)), tables="\n".join(lines))


def _first(words: str | None) -> str:
    first = (words or "").strip().split("\n")[0]
    return "" if "(id, " in first or first.startswith("Historical") else first.replace("|", "/")
