"""The formulary: the starter set, and short names of the lines that the demonstration orders."""

from dataclasses import fields

from emar.formulary import starter
from emar.models import Medication
from emar.rules.contents import contents_to_json
from emar.rules.formulary import Line, decode, plan, read

# key: name, strength, form
LINES = {
    "bup": ("Buprenorphine-naloxone", "8 mg/2 mg", "film"),
    "methadone": ("Methadone", "10 mg", "tablet"),
    "naltrexone": ("Naltrexone", "50 mg", "tablet"),
    "acamprosate": ("Acamprosate", "333 mg", "tablet, delayed release"),
    "disulfiram": ("Disulfiram", "250 mg", "tablet"),
    "librium": ("Chlordiazepoxide", "25 mg", "capsule"),
    "lorazepam": ("Lorazepam", "1 mg", "tablet"),
    "phenobarbital": ("Phenobarbital", "32.4 mg", "tablet"),
    "clonidine": ("Clonidine", "0.1 mg", "tablet"),
    "lofexidine": ("Lofexidine", "0.18 mg", "tablet"),
    "gabapentin": ("Gabapentin", "300 mg", "capsule"),
    "topiramate": ("Topiramate", "50 mg", "tablet"),
    "thiamine": ("Thiamine", "100 mg", "tablet"),
    "folic": ("Folic acid", "1 mg", "tablet"),
    "multivitamin": ("Multivitamin", "1 tablet", "tablet"),
    "sertraline": ("Sertraline", "50 mg", "tablet"),
    "escitalopram": ("Escitalopram", "10 mg", "tablet"),
    "bupropion": ("Bupropion XL", "150 mg", "tablet, extended release"),
    "mirtazapine": ("Mirtazapine", "15 mg", "tablet"),
    "trazodone": ("Trazodone", "50 mg", "tablet"),
    "prazosin": ("Prazosin", "1 mg", "capsule"),
    "quetiapine": ("Quetiapine", "50 mg", "tablet"),
    "aripiprazole": ("Aripiprazole", "5 mg", "tablet"),
    "lamotrigine": ("Lamotrigine", "25 mg", "tablet"),
    "lithium": ("Lithium carbonate", "300 mg", "capsule"),
    "hydroxyzine": ("Hydroxyzine", "25 mg", "capsule"),
    "melatonin": ("Melatonin", "3 mg", "tablet"),
    "acetaminophen": ("Acetaminophen", "325 mg", "tablet"),
    "ibuprofen": ("Ibuprofen", "400 mg", "tablet"),
    "methocarbamol": ("Methocarbamol", "500 mg", "tablet"),
    "loperamide": ("Loperamide", "2 mg", "capsule"),
    "ondansetron": ("Ondansetron", "4 mg", "tablet, dissolving"),
    "dicyclomine": ("Dicyclomine", "20 mg", "tablet"),
    "omeprazole": ("Omeprazole", "20 mg", "capsule, delayed release"),
    "lisinopril": ("Lisinopril", "10 mg", "tablet"),
    "amlodipine": ("Amlodipine", "5 mg", "tablet"),
    "metformin": ("Metformin", "500 mg", "tablet"),
    "levothyroxine": ("Levothyroxine", "50 mcg", "tablet"),
    "insulin": ("Insulin glargine", "100 units/mL", "pen"),
    "lispro": ("Insulin lispro", "100 units/mL", "pen"),
    "albuterol": ("Albuterol HFA", "90 mcg/puff", "inhaler"),
    "nicotine": ("Nicotine patch", "21 mg/24 hours", "patch"),
    "naloxone": ("Naloxone", "4 mg", "nasal spray"),
}


def build() -> dict[str, Medication]:
    """Every line of the starter set as a row; those that are ordered by key."""
    names = [each.name for each in fields(Line)]
    lines = [entry.line for entry in plan(read(decode(starter())), (), {}).entries]
    made = Medication.objects.bulk_create(
        Medication(**{name: getattr(line, name) for name in names} | {"contents": contents_to_json(line.contents)})
        for line in lines
    )
    rows = {(each.name, each.strength, each.form): each for each in made}
    return {key: rows[line] for key, line in LINES.items()}
