import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
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

/** The clock ticks of `/proc` between the boot and the start of a process. */
function startTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

/** Measures the clock ticks of a second. NaN if the first process, or the time since the boot, is not that of the kernel. */
function measuredTicks(): number {
  if (process.platform !== 'linux') return NaN
  try {
    startTicks(1)
    const ticks = startTicks(process.pid) / (uptime() - process.uptime())
    return Math.abs(ticks - Math.round(ticks)) < 0.1 ? Math.round(ticks) : NaN
  } catch {
    return NaN
  }
}

const ticks = measuredTicks()

t.test(
  'a process that was started long before this one is known by the time of its start',
  { skip: Number.isNaN(ticks) && 'the times of the first process cannot be read' },
  async (t) => {
    const start = started - ((startTicks(process.pid) - startTicks(1)) / ticks) * 1000
    t.equal(processStateAt(1, start + 500), 'running')
    t.equal(processStateAt(1, start - 500), 'running', 'the clock may have been corrected')
    t.equal(processStateAt(1, start - 5000), 'gone')
  },
)
