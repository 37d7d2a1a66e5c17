"""``python -m tests.sandbox``"""

from tests.sandbox.run import main

main()
