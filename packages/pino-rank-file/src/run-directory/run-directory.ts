import { join } from 'node:path'
import { folderMode, useInside } from 'pino-rank-lines/system'
import { claimRunDirectory } from './claim-run-directory.ts'
import type { RunPlace } from './run-place.ts'

/** This job's directory, claimed now, for files of that mode. Throws what {@link claimRunDirectory} throws. */
export function runDirectory({ base, rank }: RunPlace, mode: number, within?: string): string {
  const claim = () => claimRunDirectory(base, { rank, mode })
  const path = join(base, 'version')
  return within ? useInside({ path, within, folders: folderMode(mode) }, claim) : claim()
}
