"""`./psa demo`: the main job, played by real users against a running suite."""
