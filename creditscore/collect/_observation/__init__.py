"""Items, and observations of them: the one form in which facts about customers are kept."""
