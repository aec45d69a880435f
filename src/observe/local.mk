# Checkpoints and what is observed on them.
