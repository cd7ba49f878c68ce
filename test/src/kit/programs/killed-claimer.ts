/** Claims a run directory, and kills itself right after its nth call that changes the disk. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [base = '', nth = '1'] = process.argv.slice(2)
let calls = 0
const calling = fs as never as Record<string, (...args: unknown[]) => unknown>
for (const name of ['mkdirSync', 'writeFileSync', 'renameSync', 'rmSync']) {
  const real = calling[name] as (...args: unknown[]) => unknown
  calling[name] = (...args) => {
    const result = real(...args)
    calls++
    if (calls === Number(nth)) process.kill(process.pid, 'SIGKILL')
    return result
  }
}
syncBuiltinESMExports()
const { claimRunDirectory } = await import('pino-rank-file')
claimRunDirectory(base)
