"""The room: the way in, who was there, and the replay."""
