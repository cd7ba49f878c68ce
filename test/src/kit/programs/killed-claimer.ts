/**
 * Claims a run directory. Right after its nth call that changes the disk it kills itself, or, with `wait`, waits for text on
 * stdin. Usage: `base nth [wait]`.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [base = '', nth = '1', deed = 'die'] = process.argv.slice(2)
let calls = 0
const calling = fs as never as Record<string, (...args: unknown[]) => unknown>
for (const name of ['mkdirSync', 'writeFileSync', 'renameSync', 'rmSync']) {
  const real = calling[name] as (...args: unknown[]) => unknown
  calling[name] = (...args) => {
    const result = real(...args)
    calls++
    if (calls === Number(nth) && deed === 'die') process.kill(process.pid, 'SIGKILL')
    if (calls === Number(nth) && deed === 'wait') {
      fs.writeSync(1, 'here')
      fs.readSync(0, Buffer.alloc(10))
    }
    return result
  }
}
syncBuiltinESMExports()
const { claimRunDirectory } = await import('pino-rank-file')
claimRunDirectory(base)
