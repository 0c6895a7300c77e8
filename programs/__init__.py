"""Who is where, in which step: organisations, sites, programs, clients, episodes, placements, leaves."""
