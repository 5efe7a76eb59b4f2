#!/usr/bin/env python3
"""Makes C from a module's .sql file: a bound function and a row struct for each statement."""
import sys

sys.exit(__doc__)
