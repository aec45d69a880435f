# The checker trusts, includes and links nothing of ours.
