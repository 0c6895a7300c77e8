"""Invented names. Common first names beside made-up last names: any likeness to a real person is chance."""

from collections.abc import Iterator
from random import Random

WOMEN = (
    "Amara", "Beatriz", "Chantel", "Dalia", "Esperanza", "Farah", "Grace", "Hana", "Imani", "Joelle", "Keiko", "Leilani",
    "Marisol", "Nadia", "Odette", "Priya", "Rosalind", "Saoirse", "Tamsin", "Uma", "Valentina", "Winona", "Xiomara",
    "Yolanda", "Zainab", "Brenda", "Carla", "Denise", "Elena", "Freya", "Gwen", "Holly", "Ines", "Jasmine", "Kayla",
)  # fmt: skip
MEN = (
    "Andre", "Ben", "Curtis", "Deon", "Emeka", "Felipe", "Gil", "Hassan", "Isaac", "Javier", "Kofi", "Luis", "Mateo",
    "Nikolai", "Omar", "Pavel", "Quentin", "Rashid", "Stefan", "Tobias", "Umberto", "Victor", "Wade", "Xavier", "Yusuf",
    "Zeke", "Arlo", "Brandon", "Cesar", "Dmitri", "Elias", "Frank", "Gordon", "Hugo", "Ivan",
)  # fmt: skip
ANY = (
    "Alex",
    "Blake",
    "Casey",
    "Devon",
    "Emery",
    "Finley",
    "Harper",
    "Jamie",
    "Kai",
    "Morgan",
    "Quinn",
    "Rowan",
    "Sage",
)
LAST = (
    "Abernatty", "Adeyinde", "Alvarosa", "Ambergast", "Ashgrove", "Balfourne", "Barrowby", "Bellacourt", "Birkhollow",
    "Bramwick", "Calderone-Ruiz", "Castelmar", "Chandrakar", "Cottersby", "Dawlish-Tran", "Delgarno", "Drummowick",
    "Eastermoor", "Elderkin", "Espinada", "Fairbrother", "Fenwright", "Ferranti-Cole", "Galbreath", "Garrowhill",
    "Goldacre", "Greyson-Oba", "Halvorsby", "Harrowgate", "Hathersay", "Ibanova", "Inglewick", "Iwuanya", "Jankowitz",
    "Jarrowell", "Kasprowin", "Kettlewell", "Kimuraji", "Kirkhaven", "Lakshmere", "Larkspur", "Lindenmuth", "Lomaxen",
    "Macabray", "Marchetto", "Merriwood", "Mokoena-Hale", "Montclary", "Nakashiro", "Netherby", "Nightingate", "Novakson",
    "Oakhurston", "Obafemi", "Okonjowe", "Ostrander", "Oyelarin", "Pellerino", "Penhallow", "Petrovane", "Pomeranz",
    "Quillfeather", "Quintavalle", "Rafferton", "Rajanathan", "Ravensbeck", "Rosenquill", "Ruthermere", "Sandovaal",
    "Santarosa", "Shirazian", "Silverlake", "Stavropol", "Stonebridge", "Szymanek", "Tamblyn", "Tarrowby", "Thistlewood",
    "Tranquist", "Trevanion", "Ulbrecht", "Underhay", "Vandermoor", "Vasquera", "Villanost", "Wadebridge", "Wakefern",
    "Westergren", "Whitlamb", "Wolverly", "Xantharis", "Yardleigh", "Yellowhorn", "Yoonjae", "Zabrinski", "Zelenka-Moss",
)  # fmt: skip
PREFERRED = {
    "Beatriz": "Bea",
    "Alexandra": "Lex",
    "Xiomara": "Xio",
    "Valentina": "Val",
    "Nikolai": "Nik",
    "Quentin": "Q",
}


def whole_names(dice: Random, first: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """First and last names without end; no pair comes twice before all have come."""
    while True:
        pairs = [(given, family) for given in first for family in LAST]
        dice.shuffle(pairs)
        yield from pairs
