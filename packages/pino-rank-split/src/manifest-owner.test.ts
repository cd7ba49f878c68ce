import type { ProcessId, ProcessState } from 'pino-rank/process'
import t from 'tap'
import { type ManifestWriter, manifestOwner, manifestWriter, type Processes } from './manifest-owner.ts'
import type { Manifest } from './read-manifests.ts'

const hour = 3_600_000
const now = Date.now()
const process = (pid: number, startTime: number): ProcessId => ({
  host: 'node-1',
  boot: 'b',
  pidNamespace: 'pid:[1]',
  pid,
  startTime: String(startTime),
})
const self = process(500, 1000)
const earlier = process(400, 900)
const later = process(600, 1100)

/** This process. It started an hour ago. */
const own: ManifestWriter = { runKey: 'r', attempt: 0, process: self, startedMs: now - hour, ancestors: [] }

function manifestOf(by: ProcessId, updatedMs: number, fields: Partial<Manifest> = {}): Manifest {
  const at = new Date(updatedMs).toISOString()
  const counts = { lines: 1, bytes: 1, drops: 0, errors: 0 }
  const base = {
    version: 1,
    rank: 3,
    host: by.host,
    pid: by.pid,
    files: [],
    exit: 'unknown',
    startedAt: at,
    updatedAt: at,
  }
  return { ...base, ...counts, attempt: 0, runKey: 'r', process: by, ...fields } as Manifest
}

interface Scene {
  found: Manifest | undefined
  state?: ProcessState
  /** The ancestors of the process that wrote the manifest. */
  ancestors?: ProcessId[]
  hasLed?: boolean
  own?: Partial<ManifestWriter>
}

const young = now - 1000
const old = now - 2 * hour
const { process: _, ...withoutProcess } = manifestOf(earlier, young)

const scenes: [name: string, scene: Scene, owner: ReturnType<typeof manifestOwner>][] = [
  ['none', { found: undefined }, 'free'],
  ['ours, from another logger', { found: manifestOf(self, young), state: 'running' }, 'own'],
  [
    'with our process id and start time, but older than this process',
    { found: manifestOf(self, old), state: 'running' },
    'free',
  ],
  ['ours, begun 1 ms before our start: clocks are rounded', { found: manifestOf(self, own.startedMs - 1) }, 'own'],
  ['with our process id, begun 2 ms before our start', { found: manifestOf(self, own.startedMs - 2) }, 'free'],
  ['of a version that does not identify the process', { found: withoutProcess as Manifest }, 'free'],
  ['of the running rank, which started before us', { found: manifestOf(earlier, old), state: 'running' }, 'others'],
  ['of a running helper, which started after us', { found: manifestOf(later, young), state: 'running' }, 'free'],
  ['of an ended helper, which started after us', { found: manifestOf(later, young), state: 'gone' }, 'free'],
  [
    'of a process that started at the same time and logged first',
    { found: manifestOf(process(501, 1000), old), state: 'running' },
    'others',
  ],
  ['of the rank, which ended while we were running', { found: manifestOf(earlier, young), state: 'gone' }, 'others'],
  [
    'of the rank, which ended before we started: we are its restart',
    { found: manifestOf(earlier, old), state: 'gone' },
    'free',
  ],
  [
    'of the rank, which ended before we started and led our session',
    { found: manifestOf(earlier, old), state: 'gone', hasLed: true },
    'others',
  ],
  [
    'of the rank, which ended before we started and was our parent',
    { found: manifestOf(earlier, old), state: 'gone', own: { ancestors: [earlier] } },
    'others',
  ],
  ['of the rank, which still wrote when we started', { found: manifestOf(earlier, own.startedMs) }, 'others'],
  ['of the rank, which wrote last just before we started', { found: manifestOf(earlier, own.startedMs - 1) }, 'free'],
  ['without a valid time', { found: manifestOf(earlier, young, { updatedAt: 'never' }) }, 'free'],
  [
    'of the same attempt, where one does not know it',
    { found: manifestOf(earlier, young, { attempt: undefined, restarts: 0 }), state: 'running' },
    'others',
  ],
  [
    'of an earlier attempt, which does not know it',
    { found: manifestOf(earlier, young, { attempt: undefined }), state: 'running', own: { attempt: 1 } },
    'free',
  ],
  ['written in the future', { found: manifestOf(earlier, now + hour), state: 'gone' }, 'free'],
  [
    'another container’s, while we ran',
    { found: manifestOf({ ...earlier, host: 'c' }, young), state: 'unknown' },
    'others',
  ],
  [
    'of another container, written before we started',
    { found: manifestOf({ ...earlier, host: 'c' }, old), state: 'unknown' },
    'free',
  ],
  ['of an earlier boot', { found: manifestOf({ ...earlier, boot: 'a' }, young), state: 'unknown' }, 'free'],
  ['of a later run', { found: manifestOf(later, young, { runKey: 's' }), state: 'running' }, 'others'],
  [
    'of an earlier run that is still running',
    { found: manifestOf(earlier, young, { runKey: 's' }), state: 'running' },
    'free',
  ],
  [
    'of an earlier attempt that continues',
    { found: manifestOf(earlier, young), state: 'running', own: { attempt: 1 } },
    'free',
  ],
  [
    'of the process of this rank that PM2 replaces with us, and that still runs',
    { found: manifestOf(earlier, young, { restarts: 2 }), state: 'running', own: { restarts: 3 } },
    'free',
  ],
  [
    'of the process with which PM2 replaces us',
    { found: manifestOf(later, young, { restarts: 1 }), state: 'running' },
    'others',
  ],
  ['of a later attempt', { found: manifestOf(later, young, { attempt: 1 }), state: 'running' }, 'others'],
  [
    'of our parent, in another run',
    { found: manifestOf(earlier, young, { runKey: 's' }), state: 'running', own: { ancestors: [earlier] } },
    'others',
  ],
  [
    'of our child, in another run',
    { found: manifestOf(later, young, { runKey: 's' }), state: 'running', ancestors: [self] },
    'free',
  ],
]

for (const [name, { found, state = 'gone', ancestors = [], hasLed = false, own: fields }, owner] of scenes) {
  t.test(`an existing manifest, ${name}: ${owner}`, async (t) => {
    const processes: Processes = { state: () => state, ancestorsOf: () => ancestors, hasLed: () => hasLed }
    t.equal(manifestOwner(found, { ...own, ...fields }, processes), owner)
  })
}

t.test('the writer of a manifest is this process, from its start on', async (t) => {
  const { startedMs, process: self, ...more } = manifestWriter({ runKey: 'k', attempt: 2 })
  t.match(more, { runKey: 'k', attempt: 2, restarts: undefined })
  t.equal(self.pid, globalThis.process.pid)
  const runningMs = 1000 * globalThis.process.uptime()
  t.ok(Math.abs(Date.now() - runningMs - startedMs) < 1000, `${startedMs}`)
  t.equal(manifestOwner(manifestOf(self, Date.now()), { ...more, process: self, startedMs }), 'own')
})
