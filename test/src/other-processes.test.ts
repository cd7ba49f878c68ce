/** The state, the start time and the ancestors of other processes, by their ids. */
import { readFileSync } from 'node:fs'
import { ancestorsOf, isSameProcess, type ProcessId, pidExists, pidNamespaceKey, processState, readProcessStat, thisProcess } from 'pino-rank/process' // biome-ignore format: one line
import t, { type Test } from 'tap'
import { node, runProcess, startProcess, type TestProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'

const linux = process.platform === 'linux'
const module = import.meta.resolve('pino-rank/process')

/** Starts a process that runs until its stdin ends. Returns it, with the id that it printed of itself. */
async function startWaiting(t: Test): Promise<{ waiting: TestProcess; id: ProcessId }> {
  const program = `import(${JSON.stringify(module)}).then(({ thisProcess }) => {
    console.log(JSON.stringify(thisProcess())); process.stdin.resume() })`
  const waiting = startProcess(t, [...node, '-e', program])
  await waiting.stdout.until(/\n/)
  return { waiting, id: JSON.parse(waiting.stdout.text) }
}

t.test(
  'the state of another process is running until it ends, even while it is stopped',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { waiting, id } = await startWaiting(t)
    t.equal(processState(id), 'running')
    t.notOk(isSameProcess(id, thisProcess()))
    waiting.kill('SIGSTOP')
    t.equal(processState(id), 'running', 'a stopped process runs')
    waiting.kill('SIGCONT')
    waiting.stdin.end()
    await waiting.exit
    t.equal(processState(id), 'gone')
    t.notOk(pidExists(id.pid))
  },
)

t.test('the state of a process in another container is unknown', { skip: !linux }, async (t) => {
  const program = `import(${JSON.stringify(module)}).then(({ thisProcess, pidNamespaceKey }) =>
    console.log(JSON.stringify([thisProcess(), pidNamespaceKey()])))`
  const container = ['unshare', '--pid', '--mount-proc', '--fork']
  const { code, stdout } = await runProcess(t, [...container, ...node, '-e', program])
  if (code !== 0) return t.comment('skipped: unshare may not make a namespace here')
  const [inside, key] = JSON.parse(stdout)
  t.equal(inside.pid, 1)
  t.equal(processState(inside), 'unknown')
  t.not(key, pidNamespaceKey())
})

t.test('a zombie counts as gone', { skip: !linux }, async (t) => {
  // `exec` replaces the shell by a program that never waits for its child. The child becomes a zombie when it ends.
  const script = 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'
  const parent = startProcess(t, ['sh', '-c', script])
  await parent.stdout.until(/\n/)
  const pid = Number(parent.stdout.text)
  await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8').startsWith('sleep'))
  parent.stdin.end()
  await until(() => readProcessStat(pid)?.isDead !== false)
  const stat = readProcessStat(pid)
  t.match(stat, { isDead: true, parent: parent.pid })
  t.ok(pidExists(pid), 'its id is still in use')
  t.equal(processState({ ...thisProcess(), pid, startTime: stat?.startTime ?? '' }), 'gone')
})

t.test('stat is parsed for a process whose name has parentheses and spaces', { skip: !linux }, async (t) => {
  const program = 'process.title = "a) S 1 (b"; console.log(1); process.stdin.resume()'
  const named = startProcess(t, [...node, '-e', program])
  await named.stdout.until(/\n/)
  t.match(readProcessStat(named.pid), { isDead: false, parent: process.pid, startTime: /^\d+$/ })
  t.equal(readProcessStat(2 ** 22 + 1), undefined)
})

t.test('ancestors are listed with the parent first', { skip: !linux }, async (t) => {
  const parent = startProcess(t, ['sh', '-c', 'sh -c "echo \\$\\$; cat; true"; true'])
  t.teardown(() => parent.stdin.end())
  await parent.stdout.until(/\n/)
  const found = ancestorsOf(Number(parent.stdout.text))
  t.match(found, [
    { pid: parent.pid, startTime: readProcessStat(parent.pid)?.startTime },
    { pid: process.pid, startTime: thisProcess().startTime },
    { pid: process.ppid },
  ])
  t.strictSame(ancestorsOf(2 ** 22 + 1), [])
})
