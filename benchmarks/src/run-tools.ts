import { fileURLToPath } from 'node:url'
import { canRun } from './command.ts'

const ranklog = fileURLToPath(new URL('../../packages/ranklog/bin/ranklog.js', import.meta.url))
const python = process.env.BENCH_PYTHON

/** The name of `ranklog run` with its default window. */
export const ownWindow = 'ranklog run, its own window'
/** That default window. */
export const ownWindowMs = 250

/** The command of each tool, for bash. It starts `$N` ranks with the command `"$@"`. */
export const runTools: Record<string, string> = {
  'ranklog run': `"${process.execPath}" "${ranklog}" run -n "$N" --window 20 -- "$@"`,
  [ownWindow]: `"${process.execPath}" "${ranklog}" run -n "$N" -- "$@"`,
  'parallel --line-buffer': 'seq "$N" | parallel --line-buffer -j "$N" -N1 "$@" "#"',
  'parallel --line-buffer --tag': 'seq "$N" | parallel --line-buffer --tag -j "$N" -N1 "$@" "#"',
  'mpirun, Open MPI': 'mpirun.openmpi --allow-run-as-root --oversubscribe --tag-output -n "$N" "$@"',
  'torchrun --tee': `"${python}" -m torch.distributed.run --nproc-per-node "$N" --no-python --tee 3 "$@"`,
}

/** Returns the optional tools that are installed. */
export function runRivals(): string[] {
  return [
    ...(canRun('parallel', '--version') ? ['parallel --line-buffer', 'parallel --line-buffer --tag'] : []),
    ...(canRun('mpirun.openmpi', '--version') ? ['mpirun, Open MPI'] : []),
    ...(python && canRun(python, '-c', 'import torch') ? ['torchrun --tee'] : []),
  ]
}
