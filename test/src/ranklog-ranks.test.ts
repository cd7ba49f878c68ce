import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'

const line = (rank: number) => `${JSON.stringify({ level: 30, time: 1_700_000_000_000 + rank, rank })}\n`

/** The logs of two nodes of eight ranks each, and a log without a rank. */
const logs = Object.fromEntries([
  ...Array.from({ length: 16 }, (_, rank) => [`train.rank-${rank}.log`, line(rank)]),
  ['other.log', '{"level":30,"time":1700000000000,"msg":"of no rank"}\n'],
])

/** The manifests that pino-rank-split writes next to the logs. */
const manifests = Object.fromEntries(
  Array.from({ length: 16 }, (_, rank) => {
    const [node, localRank] = [Math.floor(rank / 8), rank % 8]
    const manifest = { version: 1, rank, localRank, host: `node-${node}`, files: [`train.rank-${rank}.log`] }
    return [`train.rank-${rank}.json`, JSON.stringify(manifest)]
  }),
)

/** Merges the logs, and returns the rank of each line. */
async function mergedRanks(...args: string[]): Promise<number[]> {
  const { code, stdout, stderr } = await ranklog(t, ['merge', ...args])
  if (code !== 0) throw new Error(stderr)
  return [...stdout.matchAll(/"rank":(\d+)/g)].map(([, rank]) => Number(rank))
}

const all = Array.from({ length: 16 }, (_, rank) => rank)

t.test("'*' selects all ranks, and no log without a rank", async (t) => {
  const dir = t.testdir(logs)
  t.strictSame(await mergedRanks(dir, '--ranks', '*'), all)
  t.notMatch((await ranklog(t, ['merge', dir, '--ranks', '*'])).stdout, 'of no rank')
})

t.test("'0-63/8' selects every eighth rank, also of a job with fewer ranks", async (t) => {
  t.strictSame(await mergedRanks(t.testdir(logs), '--ranks', '0-63/8'), [0, 8])
})

t.test("'1-' selects all ranks from 1 on", async (t) => {
  t.strictSame(await mergedRanks(t.testdir(logs), '--ranks', '1-'), all.slice(1))
})

t.test("'local:0' selects the first rank of each node, by the manifests", async (t) => {
  t.strictSame(await mergedRanks(t.testdir({ ...logs, ...manifests }), '--ranks', 'local:0'), [0, 8])
})

t.test('a local rank fails with the logs that have no manifest', async (t) => {
  const { 'train.rank-3.json': _, 'train.rank-9.json': __, ...others } = manifests
  const some = await ranklog(t, ['merge', t.testdir({ ...logs, ...others }), '--ranks', 'local:0'])
  t.strictSame(
    [some.code, String(some.stdout), some.stderr],
    [
      2,
      '',
      'ranklog: --ranks: no manifest has the local rank of train.rank-3.log, train.rank-9.log; ' +
        'use ranks instead of local ranks, for example 0,8\n',
    ],
  )
  const none = await ranklog(t, ['merge', t.testdir(logs), '--ranks', 'local:0'])
  t.match(none.stderr, /of train\.rank-0\.log, train\.rank-1\.log, train\.rank-2\.log and 13 more; use/)
})

t.test('merge and tail refuse an invalid rank set, with the fix', async (t) => {
  const dir = t.testdir(logs)
  for (const command of ['merge', 'tail']) {
    for (const set of ['3-1', '0,local:1', '']) {
      const { code, stderr } = await ranklog(t, [command, dir, '--ranks', set])
      const fix = "use for example 0-3,7 or 1- or 0-63/8 or '*' or local:0"
      t.strictSame([code, stderr], [2, `ranklog: --ranks: invalid rank set "${set}"; ${fix}\n`])
    }
  }
})

t.test('tail shows a local rank once its manifest exists, and reports logs without a manifest', async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': line(0), 'train.rank-0.json': manifests['train.rank-0.json'] as string })
  const child = startRanklog(t, ['tail', '--raw', dir, '--ranks', 'local:0'])
  await child.stdout.until(/"rank":0}/)
  writeFileSync(join(dir, 'train.rank-8.log'), line(8))
  await child.stderr.until(/^ranklog tail: --ranks: no manifest has the local rank of train\.rank-8\.log; use .*\n$/)
  mkdirSync(join(dir, 'new'))
  writeFileSync(join(dir, 'new/manifest'), manifests['train.rank-8.json'] as string)
  renameSync(join(dir, 'new/manifest'), join(dir, 'train.rank-8.json'))
  await child.stdout.until(/"rank":8}/)
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 0 })
})
