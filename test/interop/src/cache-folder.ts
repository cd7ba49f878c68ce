import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Returns the folder of the tools and builds that later runs use again. Only this user may access it. */
export function cacheFolder(): string {
  const { uid } = userInfo()
  const folder = join(realpathSync(tmpdir()), `rank-aware-logging-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stats = lstatSync(folder)
  if (!stats.isDirectory() || (uid >= 0 && stats.uid !== uid)) throw new Error(`${folder} is not a folder of this user`)
  chmodSync(folder, 0o700)
  return folder
}
