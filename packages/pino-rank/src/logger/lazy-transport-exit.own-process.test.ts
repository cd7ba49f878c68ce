import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import t from 'tap'
import { type FakeThread, type LazyStart, lazy } from './fake-thread.test-kit.ts'

/** Each way in which a transport can be left when the process exits. */
interface Left {
  what: string
  prepare: (start: LazyStart) => void
  /** The text that each thread got. */
  texts: string[]
  reports: string[]
}

const refuse = ({ state }: LazyStart) => {
  state.refused = 'refused by the test'
}
const thread = ({ threads }: LazyStart) => threads[0] as FakeThread

const cases: Left[] = [
  { what: 'it was never used', prepare: () => {}, texts: [], reports: [] },
  {
    what: 'its start was refused, and works now',
    prepare(start) {
      refuse(start)
      for (const line of ['1\n', '2\n']) start.transport.write(line)
      start.state.refused = undefined
    },
    texts: ['1\n2\n'],
    reports: [],
  },
  {
    what: 'its start is still refused',
    prepare(start) {
      refuse(start)
      for (const line of ['1\n', '2\n']) start.transport.write(line)
    },
    texts: [],
    reports: ['pino-rank: 2 lines lost: refused by the test\n'],
  },
  {
    what: 'its worker failed',
    prepare(start) {
      start.transport.write('1\n')
      thread(start).emit('error', new Error('EACCES'))
    },
    texts: ['1\n'],
    reports: ['pino-rank: 1 line lost: EACCES\n'],
  },
  {
    what: 'its worker is being loaded, which pino itself waits for',
    prepare: ({ transport }) => transport.write('1\n'),
    texts: ['1\n'],
    reports: [],
  },
  {
    what: 'its worker took all lines before it failed',
    prepare(start) {
      start.transport.write('1\n')
      thread(start).load()
      thread(start).emit('error', new Error('EACCES'))
    },
    texts: ['1\n'],
    reports: [],
  },
]

/** Collects what is reported on stderr. */
function reportsDuring(task: () => void): string[] {
  const { writeSync } = fs
  const reports: string[] = []
  fs.writeSync = ((_: number, bytes: Buffer) => {
    reports.push(`${bytes}`)
    return bytes.length
  }) as typeof writeSync
  syncBuiltinESMExports()
  try {
    task()
  } finally {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  }
  return reports
}

t.test('at exit, lines that no target has taken are written, or reported as lost', async (t) => {
  const before = process.listeners('exit')
  const starts = cases.map(({ prepare }) => {
    const start = lazy()
    reportsDuring(() => prepare(start))
    return start
  })
  const added = process.listeners('exit').filter((listener) => !before.includes(listener))
  t.equal(added.length, 1, 'all transports share one listener')
  t.equal(process.listeners('exit')[0], added[0], 'which runs before that of pino')
  const reports = reportsDuring(() => added[0]?.(0))
  t.strictSame(
    reports,
    cases.flatMap(({ reports }) => reports),
  )
  for (const [at, { what, texts }] of cases.entries())
    t.strictSame(
      starts[at]?.threads.map(({ text }) => text),
      texts,
      what,
    )
  t.notOk(process.listeners('exit').includes(added[0] as () => void))

  const during = lazy()
  const ended: string[] = []
  const write = (line: string) => {
    during.transport.write(line)
    const last = during.threads.at(-1) as FakeThread
    ended.push(last.text)
  }
  t.strictSame(
    reportsDuring(() => {
      write('1\n')
      write('2\n')
    }),
    [],
  )
  t.strictSame(
    ended,
    ['1\n', '2\n'],
    'a line that comes during the exit is written at once, each by a thread of its own',
  )
  refuse(during)
  t.match(
    reportsDuring(() => during.transport.write('3\n')),
    [/a target failed: refused by the test/, 'pino-rank: 1 line lost: refused by the test\n'],
  )
})
