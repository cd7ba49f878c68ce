import t, { type Test } from 'tap'
import { node, runProcess } from './kit/start-process.ts'

const module = new URL('../../packages/pino-rank/dist/process/exit-hooks.js', import.meta.url).href

/** Runs a program that can use all exports of the module. Returns the lines that it printed, its exit code and its signal. */
async function run(t: Test, program: string) {
  const source = `import * as hooks from ${JSON.stringify(module)}
const { atExit, atExitFirst, beforeDeathBy, exitCode, exitCodeCell, isExiting, onSignal } = hooks
const log = (...values) => process._rawDebug(...values)
const stay = setTimeout(() => process.exit(9), 60_000)
const kill = (signal) => process.kill(process.pid, signal)
${program}`
  const { stderr, code, signal } = await runProcess(t, [...node, '--input-type=module', '--eval', source])
  return { lines: stderr.trimEnd().split('\n'), code, signal }
}

t.test('tasks of atExitFirst run first, newest first, then earlier listeners, then tasks of atExit', async (t) => {
  const { lines, code } = await run(
    t,
    `
process.on('exit', () => log('listener'))
atExit(() => log('a', isExiting(), exitCode()))
atExit(() => log('b'))
atExit(() => log('removed'))()
atExitFirst((code) => log('first', code))
atExitFirst((code) => log('newest', code))
atExitFirst(() => log('removed'))()
log(isExiting(), exitCode())
process.exit(3)`,
  )
  t.strictSame(lines, ['false unknown', 'newest 3', 'first 3', 'listener', 'a true 3', 'b'])
  t.equal(code, 3)
})

t.test('exitCodeCell has the exit code before earlier exit listeners run', async (t) => {
  const { lines } = await run(
    t,
    `
process.on('exit', () => log(new Int32Array(exitCodeCell())[0]))
log(new Int32Array(exitCodeCell())[0], exitCodeCell() === exitCodeCell())
process.exit(5)`,
  )
  t.strictSame(lines, ['-1 true', '5'])
})

const signals = process.platform === 'win32' ? { skip: 'no signals' } : {}

t.test('a signal with a task of onSignal does not end the process', signals, async (t) => {
  const { lines, code, signal } = await run(
    t,
    `
onSignal('SIGHUP', () => { log('task'); clearTimeout(stay) })
kill('SIGHUP')`,
  )
  t.strictSame({ lines, code, signal }, { lines: ['task'], code: 0, signal: null })
})

t.test('at a signal all tasks of beforeDeathBy run, and then the signal ends the process', signals, async (t) => {
  const { lines, signal } = await run(
    t,
    `
beforeDeathBy('SIGTERM', () => log('a'))
beforeDeathBy('SIGTERM', () => log('b'))
kill('SIGTERM')`,
  )
  t.strictSame({ lines, signal }, { lines: ['a', 'b'], signal: 'SIGTERM' })
})

t.test('tasks of beforeDeathBy do not run at a signal that also has a task of onSignal', signals, async (t) => {
  const { lines, code, signal } = await run(
    t,
    `
beforeDeathBy('SIGHUP', () => log('death'))
onSignal('SIGHUP', () => { log('task'); clearTimeout(stay) })
kill('SIGHUP')`,
  )
  t.strictSame({ lines, code, signal }, { lines: ['task'], code: 0, signal: null })
})

t.test('copies of the module share one listener, so that all tasks run and the process ends', signals, async (t) => {
  const { lines, signal } = await run(
    t,
    `
const copy = await import(${JSON.stringify(module)} + '?copy')
beforeDeathBy('SIGTERM', () => log('a'))
copy.beforeDeathBy('SIGTERM', () => log('b'))
log(copy === hooks, process.listenerCount('SIGTERM'))
kill('SIGTERM')`,
  )
  t.strictSame({ lines, signal }, { lines: ['false 1', 'a', 'b'], signal: 'SIGTERM' })
})

t.test('if the program listens too, it decides the end, and the tasks run at each signal', signals, async (t) => {
  const { lines, code } = await run(
    t,
    `
let count = 0
beforeDeathBy('SIGTERM', () => log('task'))
process.on('SIGTERM', () => {
  if (++count === 2) process.exit(4)
  setImmediate(kill, 'SIGTERM')
})
kill('SIGTERM')`,
  )
  t.strictSame({ lines, code }, { lines: ['task', 'task'], code: 4 })
})

t.test('a program that listens with process.once can shut down, and the next signal ends it', signals, async (t) => {
  const { lines, signal } = await run(
    t,
    `
process.once('SIGTERM', async () => {
  log('shuts down')
  await new Promise(setImmediate)
  log('has shut down')
  kill('SIGTERM')
})
beforeDeathBy('SIGTERM', () => log('b'))
beforeDeathBy('SIGTERM', () => log('a'), true)
kill('SIGTERM')`,
  )
  t.strictSame({ lines, signal }, { lines: ['a', 'b', 'shuts down', 'has shut down', 'a', 'b'], signal: 'SIGTERM' })
})
