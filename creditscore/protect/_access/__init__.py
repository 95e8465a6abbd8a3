"""Who may do what with which facts: roles, a policy that denies by default, four eyes."""
