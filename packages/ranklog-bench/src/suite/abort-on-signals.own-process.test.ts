import t from 'tap'
import { Interruption } from '../terminal/index.ts'
import { abortOnSignals } from './abort-on-signals.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const counts = () => signals.map((name) => process.listenerCount(name))

/** Makes `process.exit` note its code instead of ending this process. */
function exitCodes(): { codes: unknown[]; restore(): void } {
  const { exit } = process
  const codes: unknown[] = []
  process.exit = ((code: unknown) => codes.push(code)) as unknown as typeof exit
  return {
    codes,
    restore: () => {
      process.exit = exit
    },
  }
}

t.test('the first signal aborts the run, and the second one ends the process with the code of a shell', async (t) => {
  for (const [name, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
    const before = counts()
    const { signal, release } = abortOnSignals(new AbortController().signal)
    t.equal(signal.aborted, false)
    const exits = exitCodes()
    process.emit(name, name)
    t.match(signal.reason, { message: `ranklog-bench: ended by ${name}` })
    t.strictSame(exits.codes, [])
    process.emit(name, name)
    exits.restore()
    t.strictSame(exits.codes, [code])
    release()
    t.strictSame(counts(), before)
  } // biome-ignore format: a table
})

t.test('an abort from outside aborts the run too', async (t) => {
  const outer = new AbortController()
  const { signal, release } = abortOnSignals(outer.signal)
  outer.abort(new Error('enough'))
  t.match(signal.reason, { message: 'enough' })
  release()
})

t.test('an interruption has the exit code of its signal', async (t) => {
  const before = counts()
  const interruption = new Interruption()
  t.equal(interruption.exitCode, undefined)
  t.equal(interruption.signal.aborted, false)
  const exits = exitCodes()
  process.emit('SIGTERM', 'SIGTERM')
  t.strictSame([interruption.exitCode, interruption.signal.aborted, exits.codes], [143, true, []])
  process.emit('SIGINT', 'SIGINT')
  exits.restore()
  t.strictSame(exits.codes, [130])
  interruption.close()
  t.strictSame(counts(), before)
})
