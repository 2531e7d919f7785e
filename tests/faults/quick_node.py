"""`hubbub serve` of a node that is taken for gone, and takes others for gone, within seconds."""

import runpy

from hubbub.server.clustering import names

names.ALONE_SECONDS = 5.0  # type: ignore[misc]
names.FORGO_SECONDS = 12.0  # type: ignore[misc]

if __name__ == "__main__":
    runpy.run_module("hubbub.cli", run_name="__main__", alter_sys=True)
