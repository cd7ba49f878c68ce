import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startRanklog } from '../kit/ranklog.ts'

/**
 * Runs a job in its own PID namespace. After rank 0 has ended, another program gets its pid and leads a group, and then the
 * job ends. Prints how that program ended. With `leaves`, rank 0 starts a process that outlives it.
 */
const [folder = '', leaves] = process.argv.slice(2)
const ready = join(folder, 'ready')
const rank = `
  const { existsSync } = require('node:fs'), { spawn } = require('node:child_process')
  const left = process.env.RANK === '0' && ${leaves === 'leaves'} && spawn('sleep', ['60'], { stdio: 'ignore' })
  left && left.unref()
  console.log(JSON.stringify({ rank: Number(process.env.RANK), pid: process.pid, left: left && left.pid }))
  if (process.env.RANK === '1') setInterval(() => existsSync(${JSON.stringify(ready)}) && process.exit(0), 5)`
const owner = { teardown: (end: () => void) => process.once('exit', end) }
const job = startRanklog(owner, ['run', '-n', '2', '--', process.execPath, '-e', rank])
job.stderr.stream.pipe(process.stderr)
await job.stdout.until(/"rank":0.*\n/)
await job.stdout.until(/"rank":1.*\n/)
const [, pid = '', left] = /"rank":0,"pid":(\d+),"left":(\d+)?/.exec(job.stdout.text) ?? []
while (isThere(pid)) await new Promise(setImmediate) // until its parent has reaped it
if (left) {
  process.kill(Number(left), 'SIGKILL')
  while (isThere(left)) await new Promise(setImmediate)
}
const stranger = startAs(Number(pid))
const ended = once(stranger, 'exit')
writeFileSync(ready, '')
const { code } = await job.exit
stranger.stdin?.end() // it ends by itself unless it was killed
console.log(JSON.stringify({ code, stranger: await ended }))

function isThere(number: string): boolean {
  try {
    readFileSync(`/proc/${number}/stat`)
    return true
  } catch {
    return false
  }
}

/** Starts a program with this pid, in a new session and group. Tries again if another process gets the pid first. */
function startAs(number: number) {
  for (;;) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(number - 1))
    const child = spawn('cat', { detached: true, stdio: ['pipe', 'ignore', 'inherit'] })
    if (child.pid === number) return child
    child.kill('SIGKILL')
  }
}
