/** A collector whose socket folder belongs to another user, or to which strangers connect: silent clients and unexpected ranks. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import { newSocketPath } from 'pino-rank-stdout/collector'
import t, { type Test } from 'tap'
import { complete, Job, records, type Stats, socketFolder } from './kit/collected-job.ts'
import { ranklogCommand } from './kit/ranklog.ts'
import { node, startProcess, type TestProcess } from './kit/start-process.ts'
import type { CollectedRank } from './programs/collected-rank.ts'
import type { CollectingParent } from './programs/collecting-parent.ts'

const program = (name: string) => fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url))

t.test('more ranks than the collector expects are reported, and no line is lost', async (t) => {
  const { job, written } = await Job.start(t, { way: 'stream', count: 500 }, { ranks: 4, collector: { ranks: 2 } })
  await job.stats()
  await written
  complete(t, records(t, job.path), [500, 500, 500, 500])
  t.equal(
    (await job.parent.exit).stderr,
    'pino-rank-stdout: more than 2 ranks, or than 10 loggers at the same time, want to send; the others write to their own stdout\n',
  )
})

t.test('a rank with another token is reported, and no line is lost', async (t) => {
  const { job, written } = await Job.start(
    t,
    { way: 'stream', count: 500 },
    { ranks: 2, collector: {}, env: { RANKLOG_TOKEN: 'other' } },
  )
  t.match(await job.stats(), { lines: 0 })
  await written
  complete(t, records(t, job.path), [500, 500])
  t.match(
    (await job.parent.exit).stderr,
    /^pino-rank-stdout: rank [01] writes to its own stdout: its RANKLOG_TOKEN is wrong; start ranks with .*\n$/,
  )
})

/** Starts one of two ranks, with a file as its stdout. */
function startRank(t: Test, rank: number, env: NodeJS.ProcessEnv, path: string): TestProcess {
  const given: CollectedRank = { way: 'stream', count: 500, options: { merge: 'always' } }
  const command = ['sh', '-c', 'exec "$@" >> "$0"', path, ...node, program('collected-rank'), JSON.stringify(given)]
  return startProcess(t, command, { env: { ...torchrunEnv(rank, { worldSize: 2 }), ...env } })
}

t.test('connections that use up the collector’s descriptors stop neither the collector nor the ranks', async (t) => {
  const dir = t.testdir()
  const [out, own] = [join(dir, 'out'), join(dir, 'own')]
  const env = { RANKLOG_SOCKET_DIR: socketFolder(t) }
  const limited = 'ulimit -n 64; exec "$@" >> "$0"'
  const command = ['sh', '-c', limited, out, ...node, program('lone-collector'), '{"ranks":64}']
  const collector = startProcess(t, command, { env, ipc: true })
  const found = await collector.nextMessage<NodeJS.ProcessEnv>()
  const path = newSocketPath({ runKey: found.RANKLOG_RUN_ID as string }, { ...process.env, ...found })
  const silent: Socket[] = []
  for (let count = 0; count < 200; count++) silent.push(connect(path).on('error', () => {}))
  t.teardown(() => silent.map((socket) => socket.destroy()))

  const first = startRank(t, 0, found, own)
  t.match(await first.exit, { code: 0, stderr: '' })
  for (const socket of silent) socket.destroy()
  const second = startRank(t, 1, found, own)
  t.match(await second.exit, { code: 0, stderr: '' })
  collector.send('close')
  t.match(await collector.nextMessage<Stats>(), { unfinished: 0 })
  t.match(await collector.exit, { code: 0 })
  writeFileSync(out, readFileSync(own, { flag: 'a+' }), { flag: 'a' })
  complete(t, records(t, out), [500, 500])
})

/** A user that has no processes and no folders here. */
const uid = 54_321
const isRoot = process.getuid?.() === 0 ? {} : { skip: 'running as another user takes root' }
/** The usual socket folder of that user. */
const userFolder = `/tmp/ranklog-${uid}`
const remainingFolders = () => readdirSync('/tmp').filter((name) => name.startsWith(`ranklog-${uid}-`))

/** Creates that user's socket folder as root, as any user of the host could, and starts a parent of ranks as that user. */
function startSquatted(t: Test, words: readonly string[]): { path: string; parent: TestProcess } {
  rmSync(userFolder, { recursive: true, force: true })
  mkdirSync(userFolder, 0o700)
  t.teardown(() => rmSync(userFolder, { recursive: true, force: true }))
  const dir = t.testdir()
  chmodSync(dir, 0o777)
  const path = join(dir, 'out')
  writeFileSync(path, '')
  chmodSync(path, 0o666)
  const env = { XDG_RUNTIME_DIR: undefined, TMPDIR: undefined }
  const command = ['sh', '-c', 'exec "$@" >> "$0"', path, ...words]
  return { path, parent: startProcess(t, command, { env, uid, ipc: true }) }
}

const collectingParent = (given: CollectingParent) => [...node, program('collecting-parent'), JSON.stringify(given)]

t.test(
  'if another user has created /tmp/ranklog-UID, the ranks of a parent still find its collector',
  isRoot,
  async (t) => {
    const rank = JSON.stringify({ way: 'stream', count: 500, options: { merge: 'always' } })
    const { path, parent } = startSquatted(t, collectingParent({ ranks: 3, collector: { label: '[{rank}] ' }, rank }))
    await parent.nextMessage()
    t.match(await parent.nextMessage(), { stats: { lines: 1500 } })
    t.match(await parent.exit, { code: 0, stderr: '' })
    t.strictSame(readdirSync(userFolder), [], 'no file is created in the folder of the other user')
    t.strictSame(remainingFolders(), [], 'no folder remains in /tmp')
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^\[\d\] /gm, ''))
    complete(t, records(t, path), [500, 500, 500])
  },
)

t.test('if another user has created /tmp/ranklog-UID, ranklog run still works', isRoot, async (t) => {
  const rank = JSON.stringify({ way: 'stream', count: 500, options: { merge: 'always' } })
  const { path, parent } = startSquatted(t, [
    ...[...ranklogCommand, 'run', '-n', '3', '--', process.execPath],
    ...[program('collected-rank'), rank],
  ])
  t.match(await parent.exit, { code: 0, stderr: '' })
  complete(t, records(t, path), [500, 500, 500])
  t.strictSame(remainingFolders(), [])
})

t.test('if another user has created /tmp/ranklog-UID, rank 0 does not collect, and reports that', isRoot, async (t) => {
  const rank = JSON.stringify({ way: 'stream', count: 500, first: { collector: true } })
  const given = { ranks: 2, rank, env: { RANKLOG_RUN_ID: 'own' } }
  const { path, parent } = startSquatted(t, collectingParent(given))
  t.match(await parent.exit, {
    code: 0,
    stderr: `pino-rank-stdout: option "collector": no folder for a socket: expected a folder of this user alone, received ${userFolder} (belongs to user 0); set RANKLOG_SOCKET_DIR to a writable folder with a short path; ranks write to their own stdout\n`,
  })
  complete(t, records(t, path), [500, 500])
})
