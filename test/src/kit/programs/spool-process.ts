/**
 * A process that uses a spool folder. `resend` sends the spools in it. `hold` logs a metric, and another one at each line of
 * its stdin. It prints each step. It kills itself right after its `dieAt`-th change. A change is a call that changes a file, or
 * an answer of the server. Reads are not counted, because a kill after a read leaves the same files as a kill before it.
 * Usage: `resend|hold trackingUri spool dieAt`.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { createInterface } from 'node:readline'

const [task, trackingUri, spool = '', dieAt = '0'] = process.argv.slice(2)
const print = (text: string) => real.writeSync?.(1, `${text}\n`)
const patchedFs = fs as never as Record<string, (...args: unknown[]) => unknown>
const real: Record<string, (...args: unknown[]) => unknown> = { ...patchedFs }
let changes = 0
function count(): void {
  changes++
  if (changes === Number(dieAt)) process.kill(process.pid, 'SIGKILL')
}
/** Reports whether a call changes a file. An unlink is counted once, as its `rmSync`. */
const isChange: Record<string, (...args: unknown[]) => boolean> = {
  openSync: (_, flags) => (typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : /^[wa]/.test(`${flags}`)),
  writeSync: (fd) => (fd as number) > 2,
  renameSync: () => true,
  rmSync: () => true,
  ftruncateSync: () => true,
}
for (const [name, changing] of Object.entries(isChange)) {
  patchedFs[name] = (...args) => {
    const result = (real[name] as (...args: unknown[]) => unknown)(...args)
    if (changing(...args)) count()
    return result
  }
}
const { fetch: realFetch } = globalThis
globalThis.fetch = async (...args) => {
  const answer = await realFetch(...args)
  count()
  return answer
}
syncBuiltinESMExports()

const { mlflowStream, resend } = await import('pino-mlflow')
const uri = trackingUri as string
changes = 0
if (task === 'resend') {
  const sent = await resend(spool, { trackingUri: uri, report: print, timeoutMs: 60_000 })
  print(`sent ${sent}`)
} else {
  // only flush() sends: the flush interval is the longest possible
  const patient = { flushMs: 2 ** 31 - 1, timeoutMs: 60_000, endMs: 60_000 }
  const stream = mlflowStream({ trackingUri: uri, spool, rank: { rank: 0, launcher: 'test' }, ...patient })
  const log = (step: number) =>
    new Promise<void>((done) => {
      stream.write(`${JSON.stringify({ level: 30, time: 1_700_000_000_000, metrics: { a: step }, step })}\n`)
      stream.flush(() => {
        print(`logged ${step}`)
        done()
      })
    })
  let step = 1
  await log(step)
  for await (const _ of createInterface(process.stdin)) await log(++step)
  await new Promise((closed) => stream.end().once('close', closed))
  print('ended')
}
print(`changes ${changes}`)
