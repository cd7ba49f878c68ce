/** Run keys that a later job may reuse: torchrun's rendezvous address, and Open MPI 4's job number. */
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { job, runBase, setRendezvous } from './run-base.test-kit.ts'
import { isOurs, runMarkName } from './run-mark.ts'

t.test('a reused run key: the directory is ours while the process that made it runs', async (t) => {
  const { claim } = runBase(t)
  const runKey = setRendezvous(t, 'node1', '29500')
  t.equal(claim(job(runKey)), 'version_0')
  t.equal(claim(job(runKey, { rank: 1 })), 'version_0')
})

const dead = { pid: 2 ** 22 + 1, startTime: 'gone' } // above every process number that Linux assigns
const longAgo = '2020-01-01T00:00:00.000Z'

t.test('a reused run key: the directory of an earlier job is not used', async (t) => {
  const { base, claim, mark, putMark } = runBase(t)
  const runKey = setRendezvous(t, 'node1', '29500')
  claim(job(runKey))
  putMark('version_0', { ...mark('version_0'), ...dead, claimedAt: longAgo })
  utimesSync(join(base, 'version_0', runMarkName), new Date(longAgo), new Date(longAgo))
  t.equal(claim(job(runKey)), 'version_1')
  t.equal(claim(job('a key of a launcher')), 'version_2')
  putMark('version_2', { ...mark('version_2'), ...dead, claimedAt: longAgo })
  t.equal(claim(job('a key of a launcher')), 'version_2', 'a run key of a launcher is never reused')
})

t.test('a reused run key: a rank whose first error comes after rank 0 died finds the directory', async (t) => {
  const { base, claim, mark, putMark } = runBase(t)
  const runKey = setRendezvous(t, 'node1', '29500')
  claim(job(runKey))
  const own = mark('version_0')
  putMark('version_0', { ...own, ...dead })
  t.equal(claim(job(runKey, { rank: 1 })), 'version_0', 'claimed after we started')
  putMark('version_0', { ...own, ...dead, claimedAt: longAgo })
  utimesSync(join(base, 'version_0', runMarkName), new Date(longAgo), new Date(longAgo))
  writeFileSync(join(base, 'version_0', 'train.log'), 'x')
  t.equal(claim(job(runKey, { rank: 1 })), 'version_0', 'written to after we started')
})

for (const [name, ahead] of [
  ['ahead of', 86_400_000],
  ['behind', -86_400_000],
] as const) {
  t.test(
    `a reused run key: a machine whose clock is a day ${name} the disk’s finds the directory of its own job`,
    (t) => {
      const { base, claim, mark, putMark } = runBase(t)
      const runKey = setRendezvous(t, 'node1', '29500')
      const real = Date.now
      t.teardown(() => {
        Date.now = real
      })
      Date.now = () => real() + ahead
      claim(job(runKey))
      putMark('version_0', { ...mark('version_0'), ...dead })
      t.equal(claim(job(runKey, { rank: 1 })), 'version_0', 'claimed after we started')
      const before = new Date(real() - process.uptime() * 1000 - 60_000)
      utimesSync(join(base, 'version_0', runMarkName), before, before)
      t.equal(claim(job(runKey, { rank: 1 })), 'version_1', 'an earlier job’s')
      t.strictSame(readdirSync(base).sort(), ['version_0', 'version_1'])
      t.end()
    },
  )
}

t.test(
  'a reused run key: after a pause while the clock is read, the directory of an earlier job is not used',
  async (t) => {
    const { base, claim, mark, putMark } = runBase(t)
    const key = { runKey: setRendezvous(t, 'node1', '29500'), attempt: 0, isReusable: true, oneHost: true }
    claim(job(key.runKey))
    putMark('version_0', { ...mark('version_0'), ...dead })
    const directory = join(base, 'version_0')
    const earlierMs = Date.now() - process.uptime() * 1000 - 50
    utimesSync(join(directory, runMarkName), earlierMs / 1000, earlierMs / 1000)
    const uid = statSync(directory).uid
    const clockWithPause = () => {
      const now = Date.now()
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
      return now
    }
    t.equal(isOurs(directory, key, uid, clockWithPause), false)
    t.equal(
      isOurs(directory, key, uid, () => Date.now() - 100),
      true,
      'a file that is younger than the process',
    )
  },
)

t.test('a reused run key of a job on one host: a directory that another host made is not used', async (t) => {
  const { claim, mark, putMark } = runBase(t)
  const runKey = setRendezvous(t, 'node1', '29500')
  claim(job(runKey))
  putMark('version_0', { ...mark('version_0'), host: 'node2' })
  t.equal(claim(job(runKey)), 'version_1')
})
