"""What is written about a client: notes, vitals, allergies, the timeline they share."""
