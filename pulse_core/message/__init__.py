"""What do we say? Pitches and merge fields."""
