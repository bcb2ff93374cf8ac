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
cd "$home"
if [ $# -eq 0 ] || [[ "$1" == -* ]]; then set -- jupyterhub-singleuser "$@"; fi
exec "$@"
