import { readFileSync } from 'node:fs'
import t from 'tap'
import { threadTimes } from './thread-times.ts'

t.test('the times of this thread are in ms, and never decrease', async (t) => {
  const first = threadTimes()
  const { systemCPUTime } = process.resourceUsage()
  const second = threadTimes()
  const systemMs = systemCPUTime / 1000
  t.ok(first.systemMs <= systemMs && systemMs <= second.systemMs, `${first.systemMs}, ${systemMs}, ${second.systemMs}`)
  t.ok(second.waitedMs >= first.waitedMs)
  t.ok(second.waitedMs < performance.now() + 60_000, 'a thread waits no longer than it exists')
})

t.test(
  'the time of waiting for a core is that of the kernel',
  { skip: process.platform === 'linux' ? false : 'only Linux reports it' },
  async (t) => {
    const waited = () => Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6
    const before = waited()
    const { waitedMs } = threadTimes()
    t.ok(before <= waitedMs && waitedMs <= waited())
  },
)
