"""`python -m bot` is `lianxin`."""

import sys

from bot.cli import main

sys.exit(main())
