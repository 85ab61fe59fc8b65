"""Recorded traffic, read from whatever form people have it in, and written in one of our own."""

from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import RecordingError
from shadow.recordings.finding import recordings_of
from shadow.recordings.opening import Recording

__all__ = ["Broken", "Recorded", "Recording", "RecordingError", "Unusable", "recordings_of"]
