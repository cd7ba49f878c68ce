/**
 * One of several ranks that write `count` lines to one file on a nearly full disk. When the disk refuses a line, the rank
 * removes one of the files `filler.N` in the folder of the log. After half of their lines the ranks wait for each other in
 * the folder `barrier`, so that each of them writes to the full disk. Usage: `path options count barrier`.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileStream } from 'pino-rank-file'

const [path, options, count, barrier] = process.argv.slice(2) as [string, string, string, string]
const rank = Number(process.env.RANK)
const stream = fileStream({ path, ...JSON.parse(options), rank: { rank, launcher: 'test' } })

let errors = 0
let seq = 0
let arrived = false
function go(): void {
  if (seq >= Number(count) / 2 && !isOpen()) return void setTimeout(go, 5)
  for (let i = 0; i < 20 && seq < Number(count); i++, seq++) {
    stream.write(`{"rank":${rank},"seq":${seq},"fill":"${'x'.repeat((seq * 7919 + rank * 31) % 400)}"}\n`)
  }
  stream.flushSync()
  if (stream.stats().errors > errors) makeRoom()
  errors = stream.stats().errors
  if (seq < Number(count)) setImmediate(go)
  else stream.end()
}

/** Reports whether all ranks have written half of their lines. */
function isOpen(): boolean {
  if (!arrived) writeFileSync(join(barrier, `${rank}`), '')
  arrived = true
  return readdirSync(barrier).length === Number(process.env.WORLD_SIZE)
}

function makeRoom(): void {
  const [filler] = readdirSync(dirname(path)).filter((name) => name.startsWith('filler.'))
  if (filler) rmSync(join(dirname(path), filler), { force: true })
}

process.disconnect?.()
go()
