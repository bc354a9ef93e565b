"""Checks of the repository itself: its files, their form, and that they agree with each other.

Each check is a function that takes the root of a checkout and returns what is wrong with it, one
sentence each. So every check can be shown a broken copy, to prove that it would notice.
"""
