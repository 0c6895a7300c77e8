"""A hasher for tests: the product's algorithm at the least it can cost."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 with one round and little memory; what it made, the product's own can check."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
