"""One module for each FHIR resource: a pure builder from rows, and a generator that asks a constant number of times for a batch of
clients. What each is disclosed as stands in ``fhir_r4/kinds.py``."""
