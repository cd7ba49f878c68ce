import pino from 'pino'
import t from 'tap'
import { TextStream } from './calls/opened.ts'
import { type TestedLogger, testedLoggers } from './calls/our-loggers.ts'
import { runSeeds } from './calls.ts'

/** The seeds of a short run. Some of their programs also run in pino's worker. */
const seeds = Array.from({ length: 50 }, (_, i) => i + 1)

t.test('each logger of ours writes, returns and throws what plain pino does', async (t) => {
  const { counts, failures } = await runSeeds(seeds, t.testdir())
  t.strictSame(failures, [])
  t.strictSame(
    [...counts.keys()],
    testedLoggers.map(({ name }) => name),
  )
  for (const [name, { programs, calls, lines }] of counts) {
    const { every = 1, like } = testedLoggers.find((tested) => tested.name === name) as TestedLogger
    t.equal(programs, Math.floor(seeds.length / every), name)
    t.ok(calls > programs && (lines > 0 || like === 'nothing'), `${name}: ${calls} calls, ${lines} lines`)
  }
})

/** A logger with a fault: it loses a field. */
const faulty: TestedLogger = {
  name: 'faulty',
  like: 'plain',
  open: (options) => {
    const stream = new TextStream()
    const log = pino(options as never, { write: (line) => stream.write(`${line}`.replace('"rank":9,', '')) })
    return { log, texts: async () => [stream.text] }
  },
}

t.test('a difference is found, and its program is reduced to the steps that cause it', async (t) => {
  const { failures } = await runSeeds(
    Array.from({ length: 400 }, (_, i) => i + 1),
    t.testdir(),
    [faulty],
  )
  t.equal(failures.length, 1)
  const [head, pinos, ours, ...program] = (failures[0] ?? '').split('\n')
  t.match(head, /^seed \d+, faulty: target 1, line 1$/)
  t.match(pinos, /"rank":9/)
  t.notMatch(ours, /"rank":9/)
  t.equal(program.filter((line) => line.includes('rank: 9')).length, 1)
  t.equal(program.length, 3, 'only one step remains')
})
