import { existsSync } from 'node:fs'
import { installPackages } from './debian.ts'

/** The command and the options of each `mpirun`. */
export const mpis: Record<string, string[]> = {
  'Open MPI': ['/usr/bin/mpirun.openmpi', '--oversubscribe', '--allow-run-as-root'],
  MPICH: ['/usr/bin/mpirun.mpich'],
}

/** Installs both MPIs if they are missing. @returns the reason why one is missing, or undefined */
export function makeMpis(): string | undefined {
  const there = () => Object.values(mpis).every(([command]) => existsSync(command as string))
  if (!there()) installPackages('openmpi-bin', 'mpich')
  return there() ? undefined : 'MPI: Open MPI or MPICH is not installed'
}
