#!/usr/bin/env bash
# What an image needs beyond Node, Python, a C++ compiler and this checkout. The Dockerfile and .binder/postBuild run
# it, and so can you, on any machine: what works here works there.
#   LAB_HUB=1        also JupyterHub's single-user server (JUPYTERHUB_VERSION: the version of your hub)
#   LAB_MODELS=1     also MiniLM and SmolLM2 (190 MB), so that no student has to fetch them
set -euo pipefail
cd "$(dirname "$0")/.."

npm ci --ignore-scripts --no-audit --no-fund
npm run setup

if [ "${LAB_HUB:-0}" = 1 ]; then
  .venv/bin/python -m pip install --no-cache-dir "jupyterhub==${JUPYTERHUB_VERSION:-5.5.4}"
fi
if [ "${LAB_MODELS:-0}" = 1 ]; then
  node tools/lab.mjs model pull minilm-l6-v2
  node tools/lab.mjs model pull smollm2-135m-instruct
fi

# It works: the engine computes, and the first lab's answers pass.
node tools/lab.mjs doctor
node tools/lab.mjs grade --lab 00 --from solutions
