"""
What is measured beside the limits: one module per candidate.

Each has ``STATEMENTS`` (row -> statement), ``NAMESPACE`` (the names in them)
and ``show(row, result)``, which makes plain data of a result, so that it can be
told to be right.
"""
