import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { isSameProcess, type ProcessId, pidExists, pidNamespaceKey, processState, readProcessStat, thisProcess } from '../process.ts' // biome-ignore format: one line

const linux = process.platform === 'linux'

/** Starts a real process that waits until its stdin ends. Returns it with the identity that it reports itself. */
async function startProcess(t: Test): Promise<{ child: ChildProcess; id: ProcessId }> {
  const url = new URL('./process-id.js', import.meta.url).href
  const program = `import(${JSON.stringify(url)}).then(({ thisProcess }) => {
    console.log(JSON.stringify(thisProcess())); process.stdin.resume() })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [text] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { child, id: JSON.parse(String(text)) }
}

t.test('this process is running, and the same as itself', async (t) => {
  const id = thisProcess()
  t.equal(id.pid, process.pid)
  t.equal(processState(id), process.platform === 'win32' ? 'unknown' : 'running')
  t.ok(isSameProcess(id, JSON.parse(JSON.stringify(id))))
})

t.test(
  'another process is running until it ends, stopped or not',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { child, id } = await startProcess(t)
    t.equal(processState(id), 'running')
    t.notOk(isSameProcess(id, thisProcess()))
    child.kill('SIGSTOP')
    t.equal(processState(id), 'running', 'a stopped process runs')
    child.kill('SIGCONT')
    child.stdin?.end()
    await once(child, 'exit')
    t.equal(processState(id), 'gone')
    t.notOk(pidExists(id.pid))
  },
)

t.test('a process whose number now belongs to another process is gone', { skip: !linux }, async (t) => {
  t.equal(processState({ ...thisProcess(), startTime: '1' }), 'gone')
})

t.test('the state of a process of another boot, container or host is unknown', { skip: !linux }, async (t) => {
  const own = thisProcess()
  t.equal(processState({ ...own, boot: 'another' }), 'unknown')
  t.equal(processState({ ...own, pidNamespace: 'pid:[1]' }), 'unknown')
  t.equal(processState({ ...own, boot: '', pidNamespace: '', host: 'another' }), 'unknown')
  t.equal(processState({ ...own, host: 'another' }), 'running', 'a second name of the same kernel and namespace')
  t.notOk(isSameProcess(own, { ...own, pidNamespace: 'pid:[1]' }))
})

t.test('process numbers in another container are not comparable', { skip: !linux }, async (t) => {
  const url = new URL('./process-id.js', import.meta.url).href
  const program = `import(${JSON.stringify(url)}).then(({ thisProcess, pidNamespaceKey }) =>
    console.log(JSON.stringify([thisProcess(), pidNamespaceKey()])))`
  const { status, stdout } = spawnSync(
    'unshare',
    ['--pid', '--mount-proc', '--fork', process.execPath, '-e', program],
    { encoding: 'utf8' },
  )
  if (status !== 0) return t.comment('skipped: unshare may not make a namespace here')
  const [inside, key] = JSON.parse(stdout)
  t.equal(inside.pid, 1)
  t.equal(processState(inside), 'unknown')
  t.not(key, pidNamespaceKey())
})

t.test('a zombie counts as gone', { skip: !linux }, async (t) => {
  // `exec` replaces the shell by a program that never waits for its child. The child becomes a zombie when it ends.
  const script = 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'
  const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => parent.kill('SIGKILL'))
  const [text] = await once(parent.stdout, 'data')
  const pid = Number(text)
  while (!readFileSync(`/proc/${parent.pid}/comm`, 'utf8').startsWith('sleep')) await new Promise(setImmediate)
  parent.stdin.end()
  let stat = readProcessStat(pid)
  while (stat && !stat.isDead) {
    await new Promise(setImmediate)
    stat = readProcessStat(pid)
  }
  t.match(stat, { isDead: true, parent: parent.pid })
  t.ok(pidExists(pid), 'its number is taken')
  t.equal(processState({ ...thisProcess(), pid, startTime: stat?.startTime ?? '' }), 'gone')
})

t.test('stat is parsed for a process whose name has parentheses and spaces', { skip: !linux }, async (t) => {
  const child = spawn(process.execPath, ['-e', 'process.title = "a) S 1 (b"; console.log(1); process.stdin.resume()'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  t.match(readProcessStat(child.pid as number), { isDead: false, parent: process.pid, startTime: /^\d+$/ })
  t.equal(readProcessStat(2 ** 22 + 1), undefined)
})
