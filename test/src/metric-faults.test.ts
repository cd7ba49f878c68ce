import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import type { MetricSink } from './kit/metric-sink.ts'
import { sink as csv } from './kit/metric-sinks/csv.ts'
import { sink as tensorboard } from './kit/metric-sinks/tensorboard.ts'
import { sink as wandb } from './kit/metric-sinks/wandb.ts'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'
import { node, pathOf, runProcess } from './kit/start-process.ts'

/** The values that the program logs. Faults of an MLflow server are tested in mlflow.test.ts. */
const all = Array.from({ length: 2000 }, (_, step) => [step, step])

async function run(t: Test, sink: MetricSink, dir: string, options: object, then: string) {
  const command = [...node, pathOf('metrics-to-full-disk'), sink.module, dir, JSON.stringify(options), then]
  const { code, stdout, stderr } = await runProcess(t, command, { env: torchrunEnv(0, { worldSize: 1 }) })
  return { code, printed: stdout && JSON.parse(stdout), reports: stderr.trimEnd().split('\n') }
}

const probe = mountedTmpfs('size=256k')
probe?.unmount()
const mounts = probe ? {} : { skip: 'mounting a tmpfs takes root' }

function disk(t: Test, options = 'size=256k'): string {
  const mounted = mountedTmpfs(options) as Mounted
  t.teardown(() => mounted.unmount())
  return mounted.dir
}

for (const sink of [tensorboard, wandb, csv]) {
  t.test(`${sink.name}: on a full disk records are buffered until there is room`, mounts, async (t) => {
    const dir = disk(t)
    const { code, printed, reports } = await run(t, sink, dir, {}, 'room')
    t.strictSame([code, printed], [0, { code: 'ENOSPC', drops: 0, records: 2000 }])
    t.match(reports, [new RegExp(`^${sink.name}: .*: ENOSPC: .*; records wait in memory`)], 'reported once')
    t.strictSame((await sink.runs(dir, undefined))[0]?.losses, all)
  })

  t.test(`${sink.name}: on a disk that stays full, lost records are counted and reported`, mounts, async (t) => {
    const dir = disk(t)
    const { code, printed, reports } = await run(t, sink, dir, { queueBytes: 65_536 }, 'no room')
    t.equal(code, 0, 'the exit code does not change')
    t.match(printed, { code: 'ENOSPC', records: 2000 })
    t.match(reports, [/ENOSPC/, new RegExp(`^${sink.name}: .*: \\d+ records lost: ENOSPC`)])
    const lost = Number(/(\d+) records lost/.exec(reports[1] ?? '')?.[1])
    const [found] = await sink.runs(dir, undefined)
    t.equal((found?.losses.length ?? 0) + lost, 2000)
  })

  t.test(`${sink.name}: a read-only disk is reported, and all records count as lost`, mounts, async (t) => {
    const dir = disk(t, 'size=256k,ro')
    const { code, printed, reports } = await run(t, sink, dir, {}, 'read-only')
    t.strictSame([code, printed], [0, { code: 'EROFS', drops: 0, records: 2000 }])
    t.match(reports, [new RegExp(`^${sink.name}: .*: EROFS: `), /2000 records lost: EROFS/])
  })
}
