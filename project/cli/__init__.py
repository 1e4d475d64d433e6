"""From the words of a command line to a config, and from an error to a sentence."""
