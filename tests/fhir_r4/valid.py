"""Resources are read by the models of fhir.resources (R4B; the resources used are the same in R4), and their references are followed."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from fhir_r4.rules.elements import name_of, references


def check(resource: dict[str, Any]) -> None:
    """Raises what is wrong with it."""
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def wrong_with(resources: Iterable[dict[str, Any]]) -> list[str]:
    """A line for each resource that is not valid."""
    found = []
    for each in resources:
        try:
            check(each)
        except Exception as error:
            found.append(f"{name_of(each)}: {error}")
    return found


def loose_ends(resources: Iterable[dict[str, Any]]) -> set[str]:
    """References that lead to nothing among them."""
    several = list(resources)
    return {target for each in several for target in references(each)} - {name_of(each) for each in several}


def twice(resources: Iterable[dict[str, Any]]) -> set[str]:
    """Names that two resources have."""
    counted = Counter(name_of(each) for each in resources)
    return {name for name, count in counted.items() if count > 1}
