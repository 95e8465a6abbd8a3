"""Parents and groups: who controls whom, how much of it they own, and what a group owes."""
