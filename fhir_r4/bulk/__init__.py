"""The whole organisation in files: everything a vendor change needs, as FHIR and as tables. The program's own copy, for operators."""
