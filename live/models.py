"""One row a topic. Its number only ever counts up, inside the transaction that changed something."""

from django.db import models


class Topic(models.Model):
    """What pages can watch. The row lock of the increment makes the order of numbers the order of commits."""

    name = models.CharField(max_length=100, primary_key=True)
    seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.seq}"
