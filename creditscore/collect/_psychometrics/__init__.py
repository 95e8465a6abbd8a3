"""How well the items of a questionnaire measure one thing: item analysis and reliability."""
