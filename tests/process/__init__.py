"""The kill test: a real Home Assistant process that is killed again and again while texts come and go."""
