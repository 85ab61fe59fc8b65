"""One pair of responses as a person reads it: both sides laid out alike, line beside line."""
