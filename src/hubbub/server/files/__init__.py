"""The bytes of files: taken in, looked at, kept by their hash, and given out to those who may."""
