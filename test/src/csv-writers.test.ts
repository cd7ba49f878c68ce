import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { thisProcess } from 'pino-rank/process'
import t, { type Test } from 'tap'
import { makeFifo } from './kit/run-command.ts'
import { startProgram, type TestProcess } from './kit/start-process.ts'

/** Starts a job that writes metrics to a path, each time that it gets a message. */
async function startJob(t: Test, path: string, name: string): Promise<TestProcess> {
  const job = startProgram(t, 'csv-writer', [path, name])
  await job.nextMessage()
  return job
}

async function end(job: TestProcess): Promise<void> {
  await job.request('end')
  await job.exit
}

/** Returns the values of a file by column. */
function valuesOf(path: string): Record<string, string[]> {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\r\n')
  const rows = lines.map((line) => line.split(','))
  const columns = header.split(',').map((name, at) => [name, rows.map((row) => row[at] ?? '').filter(Boolean)])
  return Object.fromEntries(columns)
}

const visible = (dir: string) => readdirSync(dir).filter((name) => !name.startsWith('.')).sort() // biome-ignore format: one line

t.test('two jobs with the same path write one file each, with all of their values', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'metrics.csv')
  const [first, second] = [await startJob(t, path, 'a'), await startJob(t, path, 'b')]
  await first.request('hparams')
  await second.request('hparams')
  for (let round = 0; round < 4; round++) {
    await first.request('row')
    await second.request('row')
  }
  await Promise.all([end(first), end(second)])
  t.strictSame(visible(dir), ['hparams-2.yaml', 'hparams.yaml', 'metrics-2.csv', 'metrics.csv'])
  for (const [name, suffix] of [
    ['a', ''],
    ['b', '-2'],
  ] as const) {
    // biome-ignore format: a table
    t.strictSame(valuesOf(join(dir, `metrics${suffix}.csv`)), {
      [`${name}/0`]: ['0', '3'],
      [`${name}/1`]: ['1'],
      [`${name}/2`]: ['2'],
      step: ['0', '1', '2', '3'],
    })
    t.equal(readFileSync(join(dir, `hparams${suffix}.yaml`), 'utf8'), `writer: "${name}"\n`)
  }
  t.strictSame(readdirSync(dir).length, 4, 'nothing else is left')
})

t.test('the file of a job that ended or was killed is continued by the next job', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'metrics.csv')
  const ended = await startJob(t, path, 'a')
  await ended.request('row')
  await end(ended)
  const killed = await startJob(t, path, 'b')
  await killed.request('row')
  killed.kill()
  await killed.exit
  const next = await startJob(t, path, 'c')
  await next.request('row')
  await end(next)
  t.strictSame(readdirSync(dir), ['metrics.csv'])
  t.strictSame(valuesOf(path), { 'a/0': ['0'], 'b/0': ['0'], 'c/0': ['0'], step: ['0', '0', '0'] })
})

t.test('a claim of another container, an invalid claim or a FIFO does not block the file', async (t) => {
  const claims: [name: string, put: (claim: string) => void][] = [
    ['another container', (claim) => writeFileSync(claim, JSON.stringify({ ...thisProcess(), pidNamespace: 'pid:[1]' }))],
    ['an empty file', (claim) => writeFileSync(claim, '')],
    ['null', (claim) => writeFileSync(claim, 'null')],
    ['a FIFO', makeFifo],
  ] // biome-ignore format: a table
  for (const [name, put] of claims) {
    const dir = t.testdir()
    put(join(dir, '.metrics.csv.writer'))
    const job = await startJob(t, join(dir, 'metrics.csv'), 'a')
    await job.request('row')
    await end(job)
    t.ok(existsSync(join(dir, 'metrics.csv')), name)
    t.strictSame(readdirSync(dir), ['metrics.csv'], name)
  }
})
