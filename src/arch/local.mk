# The architecture catalogue.
