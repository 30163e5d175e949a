# model: what cannot be tested step by step is proved by spin, from a model that has the names of the sources.
# Where spin is not installed, the test is skipped.

models += tests/model/conn.sh

EXTRA_DIST += tests/model/conn.pml
