import pino from 'pino'
import t from 'tap'
import { rankLogger } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

t.test("lines have the time that pino's have, also within a millisecond and after the clock was set back", (t) => {
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  const cases: object[] = [
    {},
    { timestamp: true },
    { timestamp: false },
    { timestamp: undefined },
    { timestamp: pino.stdTimeFunctions.isoTime },
  ]
  for (const options of cases) {
    const [plain, ranked] = [new Memory(), new Memory()]
    const logs = [
      pino({ ...options, base: { rank: 3 } }, plain as never),
      rankLogger(
        { ...options, base: null, rank: { rank: 3, launcher: 'test', worldSize: 4 }, ranks: '*' },
        ranked as never,
      ),
    ]
    for (const ms of [1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_001, 1_699_999_999_999, 0]) {
      Date.now = () => ms
      for (const log of logs) log.info('a')
    }
    t.equal(plain.lines.length, 5)
    t.strictSame(ranked.lines, plain.lines, JSON.stringify(options))
  }
  t.end()
})
