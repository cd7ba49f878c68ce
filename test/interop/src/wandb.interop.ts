import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { wandbStream } from 'pino-wandb'
import t, { type Test } from 'tap'
import { browser, pictures } from './browser.ts'
import { logRun, lossAt } from './log-run.ts'
import { missing, run, tool } from './python.ts'
import { Terminal } from './terminal.ts'
import { parsed, type UploadedRun, WandbServer } from './wandb-server.ts'

const skip = missing() ?? false
const target = 'pino-wandb'
const step = 'trainer/global_step'

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

async function server(t: Test): Promise<WandbServer> {
  const started = await WandbServer.start()
  t.teardown(() => started.stop())
  return started
}

function runsIn(dir: string): string[] {
  return readdirSync(join(dir, 'wandb')).sort().map((name) => join(dir, 'wandb', name)) // biome-ignore format: a line
}

function fileOf(folder: string): string {
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.wandb')) as string)
}

/** Uploads a run with the real client, which reports no failure. `synced`: it has marked the run as uploaded. */
async function sync({ uri }: WandbServer, folder: string): Promise<{ synced: boolean; stdout: string }> {
  const env = { WANDB_BASE_URL: uri, WANDB_API_KEY: 'x'.repeat(40), WANDB_DIR: folder }
  const stdout = await run('wandb', ['sync', folder], env)
  return { synced: existsSync(`${fileOf(folder)}.synced`), stdout }
}

t.test('wandb sync uploads everything that was logged', { skip }, async (t) => {
  const dir = t.testdir()
  const options = { dir, id: 'run1', project: 'digits', entity: 'team', name: 'first', group: 'job', jobType: 'rank', tags: ['a'], notes: 'n', console: true } // biome-ignore format: a line
  await logRun({ target, options, steps: [0, 300], media: true, exit: 0 })
  const [folder = ''] = runsIn(dir)
  const there = await server(t)
  t.match(await sync(there, folder), { synced: true })
  const { facts, rows, summary, complete, exitCode, output } = there.runs.get('run1') as UploadedRun
  t.match(facts, { name: 'run1', project: 'digits', entity: 'team', displayName: 'first', groupName: 'job', jobType: 'rank', tags: ['a'], notes: 'n' }) // biome-ignore format: a line
  const config = parsed(String(facts.config))
  t.match(config, { lr: { value: 0.1 }, 'net/depth': { value: 3 }, 'net/activation': { value: 'relu' }, amp: { value: true }, far: { value: 'Infinity' }, nan: { value: 'NaN' }, none: { value: null } }) // biome-ignore format: a line
  const losses = rows.filter((row) => 'loss/train' in row)
  t.strictSame(losses.map((row) => row[step]), range(0, 300)) // biome-ignore format: a line
  t.strictSame(losses.map((row) => row['loss/train']), range(0, 300).map(lossAt)) // biome-ignore format: a line
  t.strictSame(rows.map(({ _step }) => _step), range(0, rows.length), 'rows are numbered without a gap') // biome-ignore format: a line
  t.match(rows.find((row) => 'odd/nan' in row), { 'odd/nan': 'NaN', 'odd/inf': 'Infinity', 'odd/neg inf': '-Infinity', 'odd/ä π 🚀': 1 }) // biome-ignore format: a line
  t.match(
    rows.find((row) => 'weights' in row),
    { weights: { _type: 'histogram' }, note: '**bold** ä' },
  )
  t.match(summary, { 'loss/train': lossAt(299), lr: 0.1 * 0.99 ** 299 })
  t.strictSame([complete, exitCode], [true, 0])
  t.ok(output.some((line) => line.includes('loss')), 'the console') // biome-ignore format: a line
  const [image] = readdirSync(join(folder, 'files/media/images'))
  const uploaded = [...there.files].find(([name]) => name.endsWith('.png'))
  t.ok(uploaded?.[1].equals(readFileSync(join(folder, 'files/media/images', image as string))), 'the image is uploaded')
})

t.test('wandb sync uploads the exit code of a failed run, and a killed run up to its torn end', { skip }, async (t) => {
  const there = await server(t)
  const ends = [
    ['failed', 3],
    ['killed', 'killed'],
  ] as const
  for (const [id, exit] of ends) {
    const dir = t.testdir()
    await logRun({ target, options: { dir, id, project: 'digits' }, steps: [0, 50], exit, plain: true })
    const [folder = ''] = runsIn(dir)
    if (exit === 'killed') truncateSync(fileOf(folder), statSync(fileOf(folder)).size - 5)
    const { stdout } = await sync(there, folder)
    const { rows, exitCode, complete } = there.runs.get(id) as UploadedRun
    t.strictSame(rows.filter((row) => 'loss/train' in row).map((row) => row[step]), range(0, 50), id) // biome-ignore format: a line
    if (exit === 3) t.strictSame([complete, exitCode], [true, 3])
    else t.not(exitCode, 0, stdout)
  }
})

t.test('wandb sync uploads a stream that ended before its process as finished', { skip }, async (t) => {
  const dir = t.testdir()
  const stream = wandbStream({ dir, id: 'ended', project: 'digits' })
  pino(stream).info({ metrics: { loss: 1 }, step: 1 })
  await new Promise((closed) => stream.end().once('close', closed))
  const there = await server(t)
  t.match(await sync(there, runsIn(dir)[0] as string), { synced: true })
  t.match(there.runs.get('ended'), { complete: true, exitCode: 0 })
})

t.test('wandb sync appends a resumed run to the uploaded one', { skip }, async (t) => {
  const there = await server(t)
  for (const [steps, resume] of [
    [[0, 50], false],
    [[50, 100], true],
  ] as [[number, number], boolean][]) {
    const dir = t.testdir()
    await logRun({ target, options: { dir, id: 'again', project: 'digits', resume }, steps, exit: 0 })
    t.match(await sync(there, runsIn(dir)[0] as string), { synced: true })
  }
  const { rows } = there.runs.get('again') as UploadedRun
  t.strictSame(rows.filter((row) => 'loss/train' in row).map((row) => row[step]), range(0, 100)) // biome-ignore format: a line
})

t.test('wandb leet inspect reads a run file', { skip }, async (t) => {
  const dir = t.testdir()
  await logRun({ target, options: { dir, id: 'seen', project: 'digits' }, steps: [0, 100], exit: 0 })
  const stdout = await run('wandb', ['leet', 'inspect', '--summary', '--json', fileOf(runsIn(dir)[0] as string)])
  t.match(stdout, /loss\/train/)
})

const draws = browser() && Terminal.there() ? skip : 'needs Chromium and tmux'

t.test('wandb leet run draws a run in a terminal', { skip: draws, timeout: 120_000 }, async (t) => {
  const dir = t.testdir()
  await logRun({ target, options: { dir, id: 'first', name: 'first', project: 'digits' }, steps: [0, 200], exit: 0 })
  const terminal = new Terminal([tool('wandb'), 'leet', 'run', runsIn(dir)[0] as string], { HOME: dir })
  t.teardown(() => terminal.close())
  await terminal.shows(/State: Finished.*net\/depth +3.*loss\/train +-0\.074.*⠉/s)
  await terminal.picture(join(pictures, 'wandb-run.png'))
  t.ok(statSync(join(pictures, 'wandb-run.png')).size > 20_000)
})
