#!/usr/bin/env bash
# Gradescope runs this once, as root, when the autograder's image is built. The lab lies in /autograder/source.
set -euo pipefail

source="${AUTOGRADER_SOURCE:-/autograder/source}"
wanted=20

newer() { [ "$(node -p 'Number(process.versions.node.split(".")[0])' 2> /dev/null || echo 0)" -ge "$wanted" ]; }

if command -v apt-get > /dev/null; then
  apt-get update
  # bubblewrap: learner code gets a file system and a network of its own, where the machine allows it.
  apt-get install -y --no-install-recommends ca-certificates bubblewrap
  if ! newer; then
    # The system's Node is old; its npm is good enough to bring a new one as a package.
    apt-get install -y --no-install-recommends nodejs npm
    npm install --prefix /opt/lab-node --no-save "node@$wanted"
  fi
fi
PATH="/opt/lab-node/node_modules/.bin:$PATH"
newer || { echo "setup.sh: Node $wanted or newer is needed."; exit 1; }

cd "$source"
npm ci --omit=dev
npm run build
node tools/lab.mjs grade --help > /dev/null
