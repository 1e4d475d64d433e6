"""Many runs from one command: conditions, plan, launch, table, search."""
