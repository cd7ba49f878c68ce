import { fileURLToPath } from 'node:url'
import { canRun } from './command.ts'

const ranklog = fileURLToPath(new URL('../../packages/ranklog/bin/ranklog.js', import.meta.url))
const python = process.env.BENCH_PYTHON

/** `ranklog run` with its default window, in ms. */
export const ownWindow = 'ranklog run, its own window'
export const ownWindowMs = 250

/** The command of each tool, for bash: `$N` ranks of `"$@"`. */
export const runTools: Record<string, string> = {
  'ranklog run': `"${process.execPath}" "${ranklog}" run -n "$N" --window 20 -- "$@"`,
  [ownWindow]: `"${process.execPath}" "${ranklog}" run -n "$N" -- "$@"`,
  'parallel --line-buffer': 'seq "$N" | parallel --line-buffer -j "$N" -N1 "$@" "#"',
  'parallel --line-buffer --tag': 'seq "$N" | parallel --line-buffer --tag -j "$N" -N1 "$@" "#"',
  'mpirun, Open MPI': 'mpirun.openmpi --allow-run-as-root --oversubscribe --tag-output -n "$N" "$@"',
  'torchrun --tee': `"${python}" -m torch.distributed.run --nproc-per-node "$N" --no-python --tee 3 "$@"`,
}

/** The tools that are measured where they are installed. */
export function runRivals(): string[] {
  return [
    ...(canRun('parallel', '--version') ? ['parallel --line-buffer', 'parallel --line-buffer --tag'] : []),
    ...(canRun('mpirun.openmpi', '--version') ? ['mpirun, Open MPI'] : []),
    ...(python && canRun(python, '-c', 'import torch') ? ['torchrun --tee'] : []),
  ]
}
