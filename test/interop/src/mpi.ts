import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Both MPIs, by what they add to a command. */
export const mpis: Record<string, string[]> = {
  'Open MPI': ['/usr/bin/mpirun.openmpi', '--oversubscribe', '--allow-run-as-root'],
  MPICH: ['/usr/bin/mpirun.mpich'],
}

/** Installs them, where that is possible. @returns why they are not there; undefined: they are */
export function makeMpis(): string | undefined {
  const there = () => Object.values(mpis).every(([command]) => existsSync(command as string))
  if (there()) return undefined
  try {
    execFileSync('apt-get', ['install', '-qq', '--yes', '--no-install-recommends', 'openmpi-bin', 'mpich'], {
      stdio: 'ignore',
    })
  } catch {
    // no Debian, not root, or no registry
  }
  return there() ? undefined : 'MPI: no Open MPI and MPICH side by side here'
}
