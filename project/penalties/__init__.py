"""What keeps D from being too sure of few images, one file each."""
