"""What TripleO makes of answers: its part of the model, and its constraints."""
