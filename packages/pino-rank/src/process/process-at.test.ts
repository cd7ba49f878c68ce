import t from 'tap'
import { processStateAt } from './process-at.ts'

const started = Date.now() - process.uptime() * 1000

/** No process has this number: it is above the largest that Linux and macOS give. */
const noProcess = 2 ** 22 + 1

t.test('this process was running just now and when it started', async (t) => {
  for (const time of [Date.now(), started]) t.equal(processStateAt(process.pid, time), 'running')
})

t.test('a number whose process started later was given to another process', async (t) => {
  t.equal(processStateAt(process.pid, started - 60_000), 'gone')
})

t.test('a number that no process has', async (t) => {
  t.equal(processStateAt(noProcess, Date.now()), 'gone')
})
