"""
Documents that were written once, and that every later version reads.
"""
