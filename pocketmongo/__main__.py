"""`python -m pocketmongo`."""

from __future__ import annotations

import sys

from pocketmongo.cli import main

sys.exit(main())
