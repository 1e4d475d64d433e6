"""What watches a training: progress, curves, pictures, scores, checkpoints."""
