#!/usr/bin/env bash
# JupyterLab without a hub, inside of a container: reached by the port that is published. Prints its address and token.
set -euo pipefail
exec jupyter lab --ip=0.0.0.0 --port="${PORT:-8888}" --no-browser \
  --ServerApp.root_dir="$PWD" --LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb \
  --MappingKernelManager.default_kernel_name=lab "$@"
