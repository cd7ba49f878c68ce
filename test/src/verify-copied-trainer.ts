/**
 * Copies examples/ddp-trainer into an empty folder by the commands of its README, with the packed packages. Then changes
 * the data, the module and the loggers of minimal.ts as a user would, and trains on two ranks. Needs a package registry.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readEvents } from 'pino-tensorboard'
import { blocksOf } from './documents/blocks.ts'
import { PackageRegistry } from './documents/package-registry.ts'
import { checkAsync, expectEqual, report } from './kit/checks.ts'
import { runProcess } from './kit/start-process.ts'

interface LogRecord {
  rank: number
  msg?: string
  step?: number
  metrics?: Record<string, number>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'copied-trainer-'))
const trainer = join(work, 'my-trainer')

/** What a user changes in minimal.ts: three inputs, one more layer, a file for each rank, and a record of each rank. */
const changes: readonly [from: string, to: string][] = [
  ['[draw(), draw()]', '[draw(), draw(), draw()]'],
  ['([a = 0, b = 0]) => [a * b]', '([a = 0, b = 0, c = 0]) => [a * b + c]'],
  ['  hidden = new Linear(2, 16, 1)\n', '  first = new Linear(3, 32, 1)\n  hidden = new Linear(32, 16, 3)\n'],
  ['this.hidden.forward(x)', 'this.hidden.forward(tf.relu(this.first.forward(x)))'],
  ['[file, curves]', "[file, curves, { target: 'pino-rank-split', options: file.options }]"],
  [
    '  configureOptimizers',
    "  onFitStart() {\n    this.trainer.logger.experiment.info({}, 'starts')\n  }\n  configureOptimizers",
  ],
]

/** Returns the README's commands that lead from an empty folder to a trained model. */
function readCommands(): string[] {
  const blocks = blocksOf(readFileSync(join(root, 'examples/ddp-trainer/README.md'), 'utf8'))
  const { text = '' } = blocks.find((block) => block.text.endsWith('node dist/minimal.js')) ?? {}
  return text.split('\n')
}

/** Runs commands in one shell. @returns their stdout @throws {Error} with their output if one fails */
async function shell(commands: readonly string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Promise<string> {
  const npm = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_prefer_offline: 'true' }
  const env = { CLONE: registry.folder, ...npm, ...variables }
  const { code, stdout, stderr } = await runProcess(owner, ['bash', '-ec', commands.join('\n')], { cwd, env })
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}${stderr}`)
  return stdout
}

/** Replaces a text of the user's script. @throws {Error} if the script does not have it exactly once */
function change(script: string, [from, to]: readonly [from: string, to: string]): string {
  const parts = script.split(from)
  if (parts.length !== 2) throw new Error(`minimal.ts has "${from}" ${parts.length - 1} times, not once`)
  return parts.join(to)
}

function readRun(version: number, name: string): LogRecord[] {
  const lines = readFileSync(join(trainer, `runs/version_${version}`, name), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line))
}

/** Returns the values of a metric in train.log. */
function valuesOf(version: number, metric: string): number[] {
  return readRun(version, 'train.log').flatMap(({ metrics }) => metrics?.[metric] ?? [])
}

/** Checks the log of a run of minimal.ts: one writer, all rows, and a loss that falls. */
async function checkRun(version: number): Promise<void> {
  const log = readRun(version, 'train.log')
  expectEqual([...new Set(log.map(({ rank }) => rank))], [0])
  const steps = log.flatMap(({ metrics, step }) => (metrics && 'train_loss_step' in metrics ? [step] : []))
  expectEqual(
    steps,
    Array.from({ length: 25 }, (_, row) => 10 * row + 9),
  )
  expectEqual(valuesOf(version, 'train_loss_epoch').length, 10)
  const losses = valuesOf(version, 'val_loss')
  expectEqual(losses.length, 10)
  const [first = 0, last = 0] = [losses[0], losses.at(-1)]
  if (!(last < first / 4))
    throw new Error(`the validation loss is ${first} after the first epoch, and ${last} at the end`)
  expectEqual(await eventsOf(version, 'val_loss'), losses)
}

/** Returns the values of a tag in the event file of a run. */
async function eventsOf(version: number, tag: string): Promise<number[]> {
  const directory = join(trainer, `runs/version_${version}`)
  const [file = '', ...others] = readdirSync(directory).filter((name) => name.startsWith('events.out.tfevents.'))
  expectEqual(others, [])
  const values: number[] = []
  for await (const event of readEvents(join(directory, file)))
    values.push(...event.values.flatMap((value) => (value.tag === tag ? [Number(value.value)] : [])))
  return values
}

/** Changes minimal.ts, and compiles and runs it. Checks that both ranks log. */
async function checkChanged(commands: readonly string[]): Promise<void> {
  const path = join(trainer, 'src/minimal.ts')
  writeFileSync(path, changes.reduce(change, readFileSync(path, 'utf8')))
  expectEqual(await shell(commands, trainer), '')
  await checkRun(1)
  for (const rank of [0, 1]) {
    const log = readRun(1, `train.rank-${rank}.log`)
    expectEqual([...new Set(log.map((record) => record.rank))], [rank])
    expectEqual(log.filter(({ msg }) => msg === 'starts').length, 1)
  }
}

/** Compiles a script with a misspelt option, which must be an error that leaves no script to run. */
async function checkMisspelt(compile: string): Promise<void> {
  const path = join(trainer, 'src/misspelt.ts')
  writeFileSync(path, "import { Trainer } from './index.ts'\nnew Trainer({ maxEpoch: 2 })\n")
  const output = await shell([`! ${compile}`], trainer)
  rmSync(path)
  const isEmitted = existsSync(join(trainer, 'dist/misspelt.js'))
  expectEqual({ isNamed: output.includes("'maxEpoch' does not exist"), isEmitted }, { isNamed: true, isEmitted: false })
}

/** Runs the changed minimal.ts on a Node that runs TypeScript. */
async function checkUncompiled(): Promise<void> {
  rmSync(join(trainer, 'dist'), { recursive: true })
  await shell(['npx -y node@22 src/minimal.ts'], trainer)
  await checkRun(2)
}

/** Checks that npm finds the packages of package.json in a registry. */
async function checkReleased(): Promise<void> {
  const dir = join(work, 'released')
  cpSync(join(root, 'examples/ddp-trainer/package.json'), join(dir, 'package.json'))
  await shell(['npm install --package-lock-only'], dir, { npm_config_registry: registry.url })
  expectEqual(existsSync(join(dir, 'package-lock.json')), true)
}

/** Removes the files that the README allows to delete, first all but train.ts and its module and data. */
async function checkWithoutDemo(compile: string): Promise<void> {
  for (const part of ['src/demo', 'src/article', 'src/kit', 'src/native'])
    rmSync(join(trainer, part), { recursive: true, force: true })
  await shell([compile, 'node dist/train.js --devices 2 --epochs 1'], trainer)
  expectEqual(existsSync(join(trainer, 'dist/demo')), false)
  const [accuracy = 0] = valuesOf(3, 'val_acc')
  if (!(accuracy > 0.8)) throw new Error(`${accuracy} of the digits are right`)
  for (const name of ['train.ts', 'digit-classifier.ts', 'digits.ts']) rmSync(join(trainer, 'src', name))
  await shell([compile], trainer)
}

const ends: (() => void)[] = []
const owner = { teardown: (end: () => void) => ends.push(end) }
const registry = await PackageRegistry.start(join(work, 'clone'), join(root, 'packages'))
try {
  const commands = readCommands()
  const [compile = 'false', start = 'false'] = commands.slice(-2)
  await checkAsync('the commands of the README copy the trainer, and minimal.ts trains', async () => {
    await shell(commands, work)
    await checkRun(0)
  })
  await checkAsync('a user changes the data, the module and the loggers', () => checkChanged([compile, start]))
  await checkAsync('a misspelt option is an error of tsc, which then writes nothing', () => checkMisspelt(compile))
  await checkAsync('Node 22 runs minimal.ts without a compilation', checkUncompiled)
  await checkAsync('after a release, npm install finds all packages', checkReleased)
  await checkAsync('train.ts needs neither the demo nor the tests, and the trainer does not need train.ts', () =>
    checkWithoutDemo(compile),
  )
} finally {
  for (const end of ends) end()
  await registry.stop()
  rmSync(work, { recursive: true, force: true })
}
report()
