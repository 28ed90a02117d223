"""
The promise of the library, tested on callables and values that nobody chose.
"""
