"""Who is admitted first by federal rule, from what a person said of themselves (45 CFR 96.131(a))."""

LOWEST = 4
WORDS = {
    1: "Pregnant and injecting",
    2: "Pregnant",
    3: "Injecting",
    4: "",
}


def priority(*, pregnant: bool, injects: bool) -> int:
    """1 pregnant and injecting drugs, 2 pregnant, 3 injecting drugs, 4 all others."""
    return {(True, True): 1, (True, False): 2, (False, True): 3, (False, False): LOWEST}[pregnant, injects]
