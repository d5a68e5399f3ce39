"""Letters: written in the transaction of what they tell, delivered after it by the worker."""

from fundflow.letters.writing import write_for_step, write_letter

__all__ = ["write_for_step", "write_letter"]
