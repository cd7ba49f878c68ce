import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { cleanEnvironment, unhookedNode } from './kit/clean-environment.ts'
import type { MetricSink } from './kit/metric-sink.ts'
import { sink as csv } from './kit/metric-sinks/csv.ts'
import { sink as tensorboard } from './kit/metric-sinks/tensorboard.ts'
import { sink as wandb } from './kit/metric-sinks/wandb.ts'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'

/** Disks that really refuse. What a server does is in mlflow.test.ts. */
const program = fileURLToPath(new URL('./kit/programs/metrics-to-full-disk.js', import.meta.url))
const all = Array.from({ length: 2000 }, (_, step) => [step, step])

function run(sink: MetricSink, dir: string, options: object, then: string) {
  const [command, ...args] = [...unhookedNode, program, sink.module, dir, JSON.stringify(options), then]
  const env = { ...cleanEnvironment(), ...torchrunEnv(0, { worldSize: 1 }) }
  const { status, stdout, stderr } = spawnSync(command as string, args, { encoding: 'utf8', env })
  return { status, said: stdout && JSON.parse(stdout), told: stderr.trimEnd().split('\n') }
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
  t.test(`${sink.name}: a full disk: records wait until there is room`, mounts, async (t) => {
    const dir = disk(t)
    const { status, said, told } = run(sink, dir, {}, 'room')
    t.strictSame([status, said], [0, { code: 'ENOSPC', drops: 0, records: 2000 }])
    t.match(told, [new RegExp(`^${sink.name}: .*: ENOSPC: .*; records wait in memory`)], 'told once')
    t.strictSame((await sink.runs(dir, undefined))[0]?.losses, all)
  })

  t.test(`${sink.name}: a disk that stays full: what is lost is counted and told`, mounts, async (t) => {
    const dir = disk(t)
    const { status, said, told } = run(sink, dir, { queueBytes: 65_536 }, 'no room')
    t.equal(status, 0, 'the program ends as it would')
    t.match(said, { code: 'ENOSPC', records: 2000 })
    t.match(told, [/ENOSPC/, new RegExp(`^${sink.name}: .*: \\d+ records lost: ENOSPC`)])
    const lost = Number(/(\d+) records lost/.exec(told[1] ?? '')?.[1])
    const [found] = await sink.runs(dir, undefined)
    t.equal((found?.losses.length ?? 0) + lost, 2000)
  })

  t.test(`${sink.name}: a read-only disk`, mounts, (t) => {
    const dir = disk(t, 'size=256k,ro')
    const { status, said, told } = run(sink, dir, {}, 'read-only')
    t.strictSame([status, said], [0, { code: 'EROFS', drops: 0, records: 2000 }])
    t.match(told, [new RegExp(`^${sink.name}: .*: EROFS: `), /2000 records lost: EROFS/])
    t.end()
  })
}
