"""The formulary: common medications of a treatment program. The substances are real, so that allergies mean something."""

from emar.models import Medication

_MOUTH = "by mouth"

# key, name, ingredient, class, strength, form, route, DEA schedule
LINES = (
    ("bup", "Buprenorphine-naloxone", "buprenorphine", "opioid partial agonist", "8 mg", "film", "under the tongue", "III"),
    ("methadone", "Methadone", "methadone", "opioid agonist", "10 mg", "tablet", _MOUTH, "II"),
    ("naltrexone", "Naltrexone", "naltrexone", "opioid antagonist", "50 mg", "tablet", _MOUTH, ""),
    ("acamprosate", "Acamprosate", "acamprosate", "alcohol deterrent", "333 mg", "tablet", _MOUTH, ""),
    ("disulfiram", "Disulfiram", "disulfiram", "alcohol deterrent", "250 mg", "tablet", _MOUTH, ""),
    ("librium", "Chlordiazepoxide", "chlordiazepoxide", "benzodiazepine", "25 mg", "capsule", _MOUTH, "IV"),
    ("lorazepam", "Lorazepam", "lorazepam", "benzodiazepine", "1 mg", "tablet", _MOUTH, "IV"),
    ("phenobarbital", "Phenobarbital", "phenobarbital", "barbiturate", "32.4 mg", "tablet", _MOUTH, "IV"),
    ("clonidine", "Clonidine", "clonidine", "alpha-2 agonist", "0.1 mg", "tablet", _MOUTH, ""),
    ("lofexidine", "Lofexidine", "lofexidine", "alpha-2 agonist", "0.18 mg", "tablet", _MOUTH, ""),
    ("gabapentin", "Gabapentin", "gabapentin", "anticonvulsant", "300 mg", "capsule", _MOUTH, ""),
    ("topiramate", "Topiramate", "topiramate", "anticonvulsant", "50 mg", "tablet", _MOUTH, ""),
    ("thiamine", "Thiamine", "thiamine", "vitamin", "100 mg", "tablet", _MOUTH, ""),
    ("folic", "Folic acid", "folic acid", "vitamin", "1 mg", "tablet", _MOUTH, ""),
    ("multivitamin", "Multivitamin", "multivitamin", "vitamin", "1 tablet", "tablet", _MOUTH, ""),
    ("sertraline", "Sertraline", "sertraline", "antidepressant", "50 mg", "tablet", _MOUTH, ""),
    ("escitalopram", "Escitalopram", "escitalopram", "antidepressant", "10 mg", "tablet", _MOUTH, ""),
    ("bupropion", "Bupropion XL", "bupropion", "antidepressant", "150 mg", "tablet, extended release", _MOUTH, ""),
    ("mirtazapine", "Mirtazapine", "mirtazapine", "antidepressant", "15 mg", "tablet", _MOUTH, ""),
    ("trazodone", "Trazodone", "trazodone", "sleep", "50 mg", "tablet", _MOUTH, ""),
    ("prazosin", "Prazosin", "prazosin", "alpha-1 blocker", "1 mg", "capsule", _MOUTH, ""),
    ("quetiapine", "Quetiapine", "quetiapine", "antipsychotic", "50 mg", "tablet", _MOUTH, ""),
    ("aripiprazole", "Aripiprazole", "aripiprazole", "antipsychotic", "5 mg", "tablet", _MOUTH, ""),
    ("lamotrigine", "Lamotrigine", "lamotrigine", "mood stabiliser", "25 mg", "tablet", _MOUTH, ""),
    ("lithium", "Lithium carbonate", "lithium", "mood stabiliser", "300 mg", "capsule", _MOUTH, ""),
    ("hydroxyzine", "Hydroxyzine", "hydroxyzine", "antihistamine", "25 mg", "capsule", _MOUTH, ""),
    ("melatonin", "Melatonin", "melatonin", "sleep", "3 mg", "tablet", _MOUTH, ""),
    ("acetaminophen", "Acetaminophen", "acetaminophen", "analgesic", "325 mg", "tablet", _MOUTH, ""),
    ("ibuprofen", "Ibuprofen", "ibuprofen", "NSAID", "400 mg", "tablet", _MOUTH, ""),
    ("methocarbamol", "Methocarbamol", "methocarbamol", "muscle relaxant", "500 mg", "tablet", _MOUTH, ""),
    ("loperamide", "Loperamide", "loperamide", "antidiarrhoeal", "2 mg", "capsule", _MOUTH, ""),
    ("ondansetron", "Ondansetron", "ondansetron", "antiemetic", "4 mg", "tablet, dissolving", "on the tongue", ""),
    ("dicyclomine", "Dicyclomine", "dicyclomine", "antispasmodic", "20 mg", "tablet", _MOUTH, ""),
    ("omeprazole", "Omeprazole", "omeprazole", "acid reducer", "20 mg", "capsule", _MOUTH, ""),
    ("lisinopril", "Lisinopril", "lisinopril", "ACE inhibitor", "10 mg", "tablet", _MOUTH, ""),
    ("amlodipine", "Amlodipine", "amlodipine", "calcium channel blocker", "5 mg", "tablet", _MOUTH, ""),
    ("metformin", "Metformin", "metformin", "antidiabetic", "500 mg", "tablet", _MOUTH, ""),
    ("levothyroxine", "Levothyroxine", "levothyroxine", "thyroid hormone", "50 mcg", "tablet", _MOUTH, ""),
    ("insulin", "Insulin glargine", "insulin glargine", "insulin", "100 units/mL", "pen", "under the skin", ""),
    ("albuterol", "Albuterol", "albuterol", "bronchodilator", "90 mcg", "inhaler", "inhaled", ""),
    ("nicotine", "Nicotine patch", "nicotine", "nicotine replacement", "21 mg", "patch", "on the skin", ""),
    ("naloxone", "Naloxone", "naloxone", "opioid antagonist", "4 mg", "nasal spray", "into the nose", ""),
)  # fmt: skip
HIGH_ALERT = {"methadone", "insulin"}


def build() -> dict[str, Medication]:
    """The formulary by key."""
    made = Medication.objects.bulk_create(
        Medication(
            name=name,
            ingredient=ingredient,
            drug_class=kind,
            strength=strength,
            form=form,
            route=route,
            dea_schedule=schedule,
            high_alert=key in HIGH_ALERT,
        )
        for key, name, ingredient, kind, strength, form, route, schedule in LINES
    )
    return {line[0]: medication for line, medication in zip(LINES, made, strict=True)}
