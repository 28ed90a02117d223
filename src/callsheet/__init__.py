"""
callsheet: calls as data.
"""
