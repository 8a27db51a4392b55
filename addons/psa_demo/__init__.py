from .hooks import play_the_past
