"""The files of nodes in a bucket of an S3-compatible store, whose client is an extra."""
