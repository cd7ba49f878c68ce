import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { watchCpu } from './cpu-watch.ts'

const cores = availableParallelism()

/** Writes `/proc/stat` and `/proc/PID/stat`. A process is [pid, name, flags, user, system, user of children, system of children]. */
function write(
  proc: string,
  cpu: string,
  ...processes: [number, string, number, number, number, number, number][]
): void {
  writeFileSync(join(proc, 'stat'), `cpu  ${cpu}\ncpu0 1 2 3\n`)
  for (const [pid, name, flags, ...ticks] of processes) {
    mkdirSync(join(proc, `${pid}`), { recursive: true })
    writeFileSync(
      join(proc, `${pid}`, 'stat'),
      `${pid} (${name}) S 1 0 0 0 0 ${flags} 0 0 0 0 ${ticks.join(' ')} 20 0\n`,
    )
  }
}

t.test('the CPU time of others excludes this process, its children and kernel threads', async (t) => {
  const proc = t.testdir()
  let time = 0
  write(proc, '1000 0 500 9 9 9 9 0 0 0', [process.pid, 'node', 0, 10, 10, 10, 10], [1e8, 'a (b) c', 0, 50, 50, 999, 0])
  const watched = watchCpu(proc, () => time)
  time = 10_000 // 1000 ticks of each core
  write(
    proc,
    `1400 0 700 9 9 9 9 ${100 * cores} 0 0`,
    [process.pid, 'node', 0, 60, 60, 110, 110],
    [1e8, 'a (b) c', 0, 100, 100, 99_999, 0],
    [1e8 + 1, 'kworker', 0x00200000, 0, 150, 0, 0],
    [1e8 + 2, 'cc1', 0, 20, 0, 0, 0],
  )
  const { share, stolen, most } = watched()
  t.equal(share, (600 - 300 - 150) / (1000 * cores))
  t.equal(stolen, 0.1)
  t.same(most, { name: 'a (b) c', cores: 0.1 })
})

t.test('without /proc, the CPU time of others is not known', async (t) => {
  t.same(watchCpu(t.testdir())(), { share: null, stolen: 0 })
})
