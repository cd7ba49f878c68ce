import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'

const cwd = temporary(t)
const demo = fileURLToPath(new URL('demo.js', import.meta.url))
const ranklog = new URL('../../bin/ranklog.js', import.meta.resolve('ranklog')).href
const lowBar = ['--accuracy', '0.5'] // one epoch does not reach the default

const damages: ((line: string) => string)[] = [
  () => '', // a lost line
  (line) => line + line,
  (line) => `${line.slice(0, line.length / 2)}\n`,
]

t.test('a short run under ranklog run starts four ranks of its own, and passes its own check', async (t) => {
  const args = ['run', '--', process.execPath, demo, '--epochs', '1', ...lowBar]
  const { code, stdout, stderr } = await runNode(ranklog, { cwd, args }).ended
  t.equal(code, 0, stdout)
  t.match(stdout, /^sent( +\d+){4}$/m, 'four ranks')
  t.notMatch(stderr, /warning/i)
  t.match(stderr, /^epoch 1\/1 125\/125 .*val_acc/m)
  t.equal(stderr.match(/^epoch 1\/1/gm)?.length, 1, 'the progress of rank 0 alone')
  t.match(
    stdout,
    /^stdout: (all records are|\d+ of \d+ records? came after a later one; the others are) in order of time$/m,
  )
  t.match(stdout, /^\{"level":30,.*"shardLoss"/m, 'records as JSON, because stdout is a pipe')
  t.match(stdout.trimEnd().split('\n').at(-2), /^written to runs\/.*train\.log/)
  t.match(stdout.trimEnd().split('\n').at(-1), /^see its curves: tensorboard --logdir runs/)
})

t.test('the check finds each kind of damage', async (t) => {
  const [name = ''] = readdirSync(join(cwd, 'runs'))
  const original = join(cwd, 'runs', name)
  const check = async (directory: string) => runNode('demo/demo.js', { args: ['--check', directory, ...lowBar] }).ended
  t.equal((await check(original)).code, 0)
  t.test('the check finds a missing, a duplicated and a torn line in each sink', async (t) => {
    const directory = join(t.testdir(), 'run')
    cpSync(original, directory, { recursive: true })
    for (const sink of ['train.log', 'train.rank-3.log', 'stdout.log']) {
      const lines = readFileSync(join(directory, sink), 'utf8').split(/(?<=\n)/)
      const damaged = damages.map((damage, at) => damage(lines[7 + at] as string))
      writeFileSync(join(directory, sink), lines.toSpliced(7, damages.length, ...damaged).join(''))
    }
    const { code, stdout } = await check(directory)
    t.equal(code, 1)
    for (const sink of ['train.log', 'train.rank-N.log', 'stdout'])
      for (const problem of ['1 torn', '2 lost', '1 twice']) // a torn line also counts as lost
        t.match(stdout, `problem: ${sink}: ${problem}\n`)
  })
  t.test('the check fails if the event file is truncated', async (t) => {
    const directory = join(t.testdir(), 'run')
    cpSync(original, directory, { recursive: true })
    const events = join(directory, readdirSync(directory).find((name) => name.includes('tfevents')) as string)
    truncateSync(events, Math.floor(statSync(events).size / 2))
    const { code, stdout } = await check(directory)
    t.equal(code, 1)
    t.match(stdout, /TensorBoard: \d+ lost\n.*expected one _hparams_\/session_end_info/)
  })
  t.equal((await runNode('demo/demo.js', { args: ['--check', original, '--accuracy', '0.999'] }).ended).code, 1)
})
