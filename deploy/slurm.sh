#!/usr/bin/env bash
# Grades a class as a Slurm array: sbatch --array=1-8 deploy/slurm.sh SUBMISSIONS GRADES
# When all have ended: npx lab grade --merge GRADES/shard-* --out GRADES
#SBATCH --job-name=lab-grade
#SBATCH --cpus-per-task=2
#SBATCH --mem=8G
#SBATCH --time=02:00:00
set -euo pipefail
submissions="$1"
grades="$2"
lab="${LAB:-$PWD}" # a batch system runs a copy of this script: submit it in the lab's folder
k="$SLURM_ARRAY_TASK_ID"
n="$SLURM_ARRAY_TASK_COUNT"
exec node "$lab/tools/lab.mjs" grade --submissions "$submissions" --out "$grades/shard-$k" \
  --shard "$k/$n" --jobs "${SLURM_CPUS_PER_TASK:-2}"
