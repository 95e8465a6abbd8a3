"""What a table without names still tells of persons, and releases that tell less."""
