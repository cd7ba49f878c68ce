import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startRank } from './kit/ranks.ts'

interface State {
  threads: number
  files: number
  /** Number of workers that it has started so far. */
  workers: number
  gated: boolean
}
type Step = 'before' | 'built' | 'opened' | 'logged' | 'closed' | 'again'

const program = new URL('./programs/opened-rank.js', import.meta.url)
const options = existsSync('/proc/self/task') ? {} : { skip: 'threads and descriptors are counted in /proc' }
const targets = ['pino-rank-file', 'pino-rank-split', 'pino-rank-stdout', 'pino/file', 'several']
/** The targets that are not ours, or include one that is not. */
const foreign = ['pino/file', 'several']
const streams = ['fileStream', 'splitStream', 'stdoutStream']

for (const sink of [...targets, ...streams]) {
  t.test(`${sink}: an opened gate builds its targets once, at the first record`, options, async (t) => {
    const dir = t.testdir()
    const rank = startRank(t, program, 1, { worldSize: 2, args: [sink, dir] })
    const { before, built, opened, logged, closed, again } = await rank.nextMessage<Record<Step, State>>()
    t.match(await rank.exit, { code: 0, signal: null, stderr: '' })
    t.strictSame(built, { ...before, workers: 0, gated: true })
    t.strictSame(opened, { ...before, workers: 0, gated: false }, 'no thread and no file before the first record')
    const workers = foreign.includes(sink) ? 1 : 0
    t.match(logged, { workers, gated: false }, 'the first record starts a worker only for foreign targets')
    t.match(closed, { workers, gated: true }, 'log.info is pino’s no-op again')
    t.match(again, { workers, gated: false }, 'no second worker is started')
    for (const file of filesOf(sink)) {
      const records = readFileSync(join(dir, file), 'utf8').trim().split('\n')
      const found = records.map((line) => JSON.parse(line)).map(({ level, rank, msg }) => `${level} ${rank} ${msg}`)
      const inOrder = ['30 1 opened', '30 1 buffered', '50 1 first', '20 1 opened again']
      const shared = sink === 'several' && file === 'train.log' // pino/file writes to the same file, and it writes no error
      const all = shared ? [...inOrder, '30 1 opened', '30 1 buffered', '20 1 opened again'].sort() : inOrder
      t.strictSame(shared ? found.sort() : found, all, file)
    }
  })
}

function filesOf(sink: string): string[] {
  if (/stdout/i.test(sink)) return []
  if (sink === 'several') return ['train.log', 'train.rank-1.log']
  return [/split/.test(sink) ? 'train.rank-1.log' : 'train.log']
}
