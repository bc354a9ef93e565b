# Home Assistant resolves the name voluptuous to its own engine, probatio, whose types are complete.
from probatio import *
