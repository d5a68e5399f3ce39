"""Letters: written in the transaction of what they tell, delivered after it by the worker."""

from fundflow.letters.writing import write_for_step, write_letter, write_to_other_finance

__all__ = ["write_for_step", "write_letter", "write_to_other_finance"]
