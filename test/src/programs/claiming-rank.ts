/** A rank that claims a run directory in each of several bases, and creates a file in it. Usage: `dir bases`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { detectRank } from 'pino-rank'
import { claimRunDirectory } from 'pino-rank-file'

const [dir = '', bases = '1'] = process.argv.slice(2)
const { rank = 0, runKey = '' } = detectRank() ?? {}
for (let base = 0; base < Number(bases); base++) {
  const directory = claimRunDirectory(join(dir, `base-${base}`))
  writeFileSync(join(directory, `rank-${rank}-of-${runKey.replace(/\W/g, '-')}`), '', { flag: 'wx' })
}
