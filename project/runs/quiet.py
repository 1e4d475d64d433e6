"""Messages of the libraries that tell the user nothing; each is named, all others are shown."""

from __future__ import annotations

import logging
import warnings

import lightning.fabric
import lightning.pytorch

# Message (the beginning, as a regular expression) -> why it may go.
HARMLESS = {
    r"`isinstance\(treespec, LeafSpec\)` is deprecated": "Lightning is older than its torch",
    r"Found \d+ module\(s\) in eval mode": "the moving average and frozen networks belong there",
    r"The '\w+' does not have many workers": "batches come out of memory, no worker is wanted",
    r"Checkpoint directory .* exists and is not empty": "best and last stand in one folder",
}


def hush() -> None:
    """Hides the harmless messages, and Lightning's advertisements."""
    for message in HARMLESS:
        warnings.filterwarnings("ignore", message=message)
    for part in (lightning.pytorch, lightning.fabric):
        # Importing it has set its level.
        logging.getLogger(part.__name__).setLevel(logging.WARNING)
