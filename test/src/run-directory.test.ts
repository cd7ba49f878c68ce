import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { claimRunDirectory } from 'pino-rank-file'
import t, { type Test } from 'tap'
import { fuseMount } from './kit/fuse-mount.ts'
import { type JobOptions, runRanks } from './kit/ranks.ts'
import { node, pathOf, startProcess } from './kit/start-process.ts'

/** Runs a job, and checks that all its ranks end with exit code 0. */
async function job(t: Test, name: string, options: JobOptions, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const program = new URL(`./programs/${name}.js`, import.meta.url)
  for (const { code, stderr } of await runRanks(t, program, { ...options, env })) t.strictSame([code, stderr], [0, ''])
}

const marked = (dir: string) => readdirSync(dir).filter((name) => name !== '.run.json').sort() // biome-ignore format: one
const ranksOf = (ranks: number, runKey: string) =>
  Array.from({ length: ranks }, (_, rank) => `rank-${rank}-of-${runKey}`)

t.test('8 ranks of a job that start at once claim the same directory in each of 40 bases', async (t) => {
  const dir = t.testdir()
  await job(t, 'claiming-rank', { ranks: 8, args: [dir, '40'] })
  for (let base = 0; base < 40; base++) {
    const at = join(dir, `base-${base}`)
    t.strictSame(readdirSync(at), ['version_0'])
    t.strictSame(marked(join(at, 'version_0')), ranksOf(8, 'conformance'))
  }
})

t.test(
  'each of several jobs that start at once claims its own directory, whether its run key is a job id or a rendezvous address',
  async (t) => {
    const dir = t.testdir()
    const [ranks, bases] = [3, 20]
    const jobs = [0, 1, 2].flatMap((at) => [
      { env: { TORCHELASTIC_RUN_ID: `job-${at}` }, runKey: `job-${at}` },
      { env: { TORCHELASTIC_RUN_ID: 'none', MASTER_PORT: `${2000 + at}` }, runKey: `127-0-0-1-${2000 + at}` },
    ])
    await Promise.all(jobs.map(({ env }) => job(t, 'claiming-rank', { ranks, args: [dir, `${bases}`] }, env)))
    for (let base = 0; base < bases; base++) {
      const at = join(dir, `base-${base}`)
      const names = readdirSync(at).sort()
      t.strictSame(
        names,
        jobs.map((_, number) => `version_${number}`),
      )
      const found = names.map((name) => marked(join(at, name)).join())
      t.strictSame(found.sort(), jobs.map(({ runKey }) => ranksOf(ranks, runKey).join()).sort())
    }
  },
)

t.test('jobs that use the same rendezvous address one after another claim a directory each', async (t) => {
  const dir = t.testdir()
  const env = { TORCHELASTIC_RUN_ID: 'none' }
  for (const _ of [1, 2, 3]) await job(t, 'claiming-rank', { ranks: 2, args: [dir] }, env)
  const names = readdirSync(join(dir, 'base-0')).sort()
  t.strictSame(names, ['version_0', 'version_1', 'version_2'])
  for (const name of names) t.strictSame(marked(join(dir, 'base-0', name)), ranksOf(2, '127-0-0-1-29500'))
})

for (const first of ['trainer', 'sinks']) {
  t.test(`trainer and sinks share a directory, the ${first} first, and a restart gets its own`, async (t) => {
    const base = join(t.testdir(), 'runs')
    const own = (rank: number) => [`logs/train.rank-${rank}.json`, `logs/train.rank-${rank}.log`, `model-${rank}.bin`]
    const files = (dir: string) => [...marked(join(dir, 'logs')).map((name) => `logs/${name}`), ...marked(dir)].sort()
    const expected = ['logs', 'logs/train.log', ...own(0), ...own(1)].sort()
    const launch = (env?: NodeJS.ProcessEnv) => job(t, 'running-rank', { ranks: 2, args: [base, first] }, env)
    await launch()
    await launch({ TORCHELASTIC_RESTART_COUNT: '1' })
    t.strictSame(readdirSync(base).sort(), ['version_0', 'version_1'])
    for (const run of ['version_0', 'version_1']) t.strictSame(files(join(base, run)), expected, run)
    const lines = readFileSync(join(base, 'version_0', 'logs', 'train.log'), 'utf8')
      .trimEnd()
      .split('\n')
    t.strictSame(lines.map((line) => JSON.parse(line).rank).sort(), [0, 0, 1])
  })

  t.test(`trainer and sinks of a process without a launcher share a directory, the ${first} first`, async (t) => {
    const base = join(t.testdir(), 'runs')
    const env = { RANKLOG_RANK: 'none' }
    await job(t, 'running-rank', { ranks: 1, args: [base, first] }, env)
    await job(t, 'running-rank', { ranks: 1, args: [base, first] }, env)
    t.strictSame(readdirSync(base).sort(), ['version_0', 'version_1'])
    const files = ['train.log', 'train.rank-0.json', 'train.rank-0.log']
    for (const run of ['version_0', 'version_1']) {
      t.strictSame(marked(join(base, run)), ['logs', 'model-0.bin'])
      t.strictSame(marked(join(base, run, 'logs')), files)
    }
  })
}

t.test('a process claims a directory after another was killed at any step of its claim', async (t) => {
  const base = join(t.testdir(), 'runs')
  let claimed = 0
  for (let step = 1; step <= 5; step++) {
    const env = { TORCHELASTIC_RUN_ID: `killed-${step}` }
    const [exit] = await runRanks(t, 'killed-claimer', {
      ranks: 2,
      only: 0,
      args: [base, `${step}`],
      env,
    })
    t.strictSame([exit?.signal, exit?.stderr], [step > 4 ? null : 'SIGKILL', ''], `after call ${step}`)
    const rank = { rank: 1, launcher: 'torchrun', worldSize: 2, localWorldSize: 2, attempt: 0 }
    const directory = claimRunDirectory(base, { rank: { ...rank, runKey: `killed-${step}` } })
    t.equal(directory, join(base, `version_${claimed++}`), `after call ${step}`)
  }
  t.strictSame(
    readdirSync(base).filter((name) => !name.startsWith('version_')),
    [],
    'and removes the files of the killed process',
  )
})

t.test('a claim that takes long succeeds although another process claims meanwhile', async (t) => {
  const base = join(t.testdir(), 'runs')
  for (let step = 1; step <= 4; step++) {
    const command = [...node, pathOf('killed-claimer'), base, `${step}`, 'wait']
    const slow = startProcess(t, command, { env: { RANKLOG_RUN_ID: `slow-${step}` } })
    await slow.stdout.until(/./)
    const rank = { rank: 0, launcher: 'test', worldSize: 2, localWorldSize: 2, runKey: `other-${step}` }
    claimRunDirectory(base, { rank })
    slow.stdin.end('go on\n')
    t.match(await slow.exit, { code: 0, signal: null, stderr: '' }, `after call ${step}`)
  }
  t.equal(readdirSync(base).filter((name) => name.startsWith('version_')).length, 8)
  t.strictSame(
    readdirSync(base).filter((name) => name.startsWith('.')),
    [],
  )
})

const mount = fuseMount('--force-user=12345')
const mounted = mount ? {} : { skip: 'bindfs is not installed, or may not mount' }

t.test('ranks claim the same directory on a file system that gives all files to one user', mounted, async (t) => {
  const { dir, unmount } = mount as NonNullable<typeof mount>
  t.teardown(unmount)
  await job(t, 'claiming-rank', { ranks: 4, args: [dir, '2'] })
  for (const base of ['base-0', 'base-1']) {
    t.strictSame(readdirSync(join(dir, base)), ['version_0'])
    t.strictSame(marked(join(dir, base, 'version_0')), ranksOf(4, 'conformance'))
  }
})
