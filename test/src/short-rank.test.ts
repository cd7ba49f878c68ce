/** A rank that runs the collector and ends before the collector has started: its lines still go through it. */
import t from 'tap'
import { socketFolder } from './kit/collected-job.ts'
import { runRanks } from './kit/ranks.ts'
import type { ShortEnd } from './programs/short-rank.ts'

const program = new URL('./programs/short-rank.js', import.meta.url)
const options = { merge: 'always', collector: { label: '[{rank}] ' } }

const ends: { end: ShortEnd; ways: string[]; killed?: true }[] = [
  { end: 'natural', ways: ['stream', 'target'] },
  { end: 'exit', ways: ['stream', 'target'] },
  { end: 'flush, SIGKILL', ways: ['stream', 'target'], killed: true },
  { end: 'end, SIGKILL', ways: ['stream'], killed: true },
]
for (const { end, ways, killed } of ends) {
  for (const way of ways) {
    t.test(`${way}, ${end}: the collector prints each line once`, async (t) => {
      const env = { RANKLOG_SOCKET_DIR: socketFolder(t) }
      const args = [JSON.stringify([end, options, way])]
      const [exit] = await runRanks(t, program, { ranks: 1, args, env, stdout: 'pipe' })
      t.match(exit, killed ? { signal: 'SIGKILL', stderr: '' } : { code: 0, stderr: '' })
      const lines = (exit?.stdout ?? '').split('\n').slice(0, -1)
      t.strictSame(
        lines.map((line) => /^\[0\] \{.*"seq":(\d+)\}$/.exec(line)?.[1]),
        Array.from({ length: 500 }, (_, seq) => `${seq}`),
      )
    })
  }
}
