"""Where issues live. Each forge gives what it holds and carries out one action at a time."""
