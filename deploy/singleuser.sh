#!/usr/bin/env bash
# Starts a student's server on JupyterHub: the student's own copy of the lab in the home folder, made or updated first.
#   LAB_HOME      where the copy lies (default: ~/transformer-lab)
#   arguments     the server's own; the first may be another program than jupyterhub-singleuser
set -euo pipefail
lab="$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)"
home="${LAB_HOME:-$HOME/transformer-lab}"
node "$lab/deploy/student.mjs" "$home"

export PATH="$lab/.venv/bin:$PATH"
# The student's own kernel, which finds the student's labs, comes before the one of the installed lab.
export JUPYTER_PATH="$home/.lab/share/jupyter${JUPYTER_PATH:+:$JUPYTER_PATH}"
export JUPYTER_CONFIG_DIR="$home/.lab/jupyter/config" JUPYTER_DATA_DIR="$home/.lab/jupyter/data"
cd "$home"
# A notebook that is not trusted shows no figures until it is run; these came with the lab.
jupyter trust notebooks/*.ipynb > "$home/.lab/trust.log" 2>&1 || echo "notebooks could not be trusted: $home/.lab/trust.log" >&2
if [ $# -eq 0 ] || [[ "$1" == -* ]]; then
  set -- jupyterhub-singleuser --MappingKernelManager.default_kernel_name=lab "$@"
fi
exec "$@"
