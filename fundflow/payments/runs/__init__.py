"""Payment runs: gathered, approved, exported in a layout, answered; and payments that are reversed."""
