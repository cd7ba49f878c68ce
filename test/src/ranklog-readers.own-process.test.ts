/** Commands whose stdout or stderr is closed, before they start or by the reader of a pipe. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ranklogCommand, startRanklog } from './kit/ranklog.ts'
import { rankOf } from './kit/run-ranks.ts'
import { startProcess } from './kit/start-process.ts'
import { shellText } from './kit/terminal.ts'

const now = Date.now()
const log = (rank: number, lines: number) =>
  Array.from({ length: lines }, (_, step) => `{"level":30,"time":${now + step},"rank":${rank},"step":${step}}\n`).join(
    '',
  )

const logs = (t: Test) => t.testdir({ 'train.rank-0.log': log(0, 2_000), 'train.rank-1.log': log(1, 2_000) })

/** Runs a command before `pipe`, a reader or a redirection. Returns its exit code and its stderr. */
async function piped(t: Test, args: readonly string[], pipe: string): Promise<{ code: string; stderr: string }> {
  const command = `{ ${shellText([...ranklogCommand, ...args])}; echo "$?" >&3; } ${pipe}`
  const { stdout, stderr } = await startProcess(t, ['sh', '-c', `{ ${command}; } 3>&1 > /dev/null`]).exit
  return { code: stdout.trim(), stderr }
}

t.test('each command ends with exit code 0 when its reader closes the pipe', async (t) => {
  const dir = logs(t)
  const commands: string[][] = [
    ['--help'],
    ['completions', 'bash'],
    ['explain'],
    ['merge', dir],
    ['merge', '--dedup', dir],
    ['merge', '--label', '[{rank}] ', dir],
    ['merge', '--pretty', dir],
    ['status', dir],
    ['status', '--watch', '--every', '1', dir],
    ['tail', '-n', '2000', '--raw', dir],
  ]
  for (const args of commands)
    for (const reader of args.length > 2 ? ['| true', '| head -n 1'] : ['| true'])
      t.strictSame(await piped(t, args, reader), { code: '0', stderr: '' }, `${args[0]} ${args[1] ?? ''} ${reader}`)
})

t.test('tail ends when its reader closes the pipe, even if nothing is logged', async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': log(0, 3), empty: { 'train.rank-0.log': '' } })
  for (const [path, reader] of [
    [dir, '| head -n 1'],
    [dir, '| true'],
    [join(dir, 'empty'), '| true'],
  ] as const)
    t.strictSame(await piped(t, ['tail', path], reader), { code: '0', stderr: '' }, `${path} ${reader}`)
})

t.test('a closed stdout or stderr changes no exit code and prints no stack', async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': log(0, 3), 'odd.rank-1.log': log(1, 2).slice(0, -10) })
  for (const [args, code] of [
    [['explain'], '0'],
    [['merge', dir], '1'],
    [['status', dir], '0'],
    [['merge', 'nowhere'], '2'],
    [['run', 'sh', '-c', 'echo out; echo err >&2; exit 3'], '3'],
  ] as const)
    for (const closed of ['>&-', '2>&-', '>&- 2>&-']) {
      const found = await piped(t, args, closed)
      t.equal(found.code, code, `${args[0]} ${closed}`)
      t.notMatch(found.stderr, /\n\s+at /)
    }
})

t.test('a reader of stderr that closes the pipe changes no exit code', async (t) => {
  const dir = t.testdir({ 'odd.rank-1.log': log(1, 2).slice(0, -10) })
  for (const [args, code] of [
    [['merge', dir], '1'],
    [['merge', 'nowhere'], '2'],
    [['nope'], '2'],
  ] as const)
    t.strictSame(await piped(t, args, '2>&1 > /dev/null | true'), { code, stderr: '' }, args.join(' '))
})

t.test('a full disk is reported, and the ranks of run continue', { skip: process.platform !== 'linux' }, async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': log(0, 3) })
  for (const args of [['explain'], ['--help'], ['merge', dir], ['status', dir], ['tail', dir]])
    t.strictSame(await piped(t, args, '> /dev/full'), {
      code: '1',
      stderr: 'ranklog: ENOSPC: no space left on device, write\n',
    })
  const { code, stderr } = await piped(t, ['run', '-n', '2', 'sh', '-c', 'yes | head -n 100000'], '> /dev/full')
  t.equal(code, '0')
  t.equal(
    stderr,
    'ranklog run: ENOSPC: no space left on device, write; the ranks continue, but their output is not written any more\n',
  )
})

t.test('the ranks of run continue when the reader closes the pipe', async (t) => {
  const { code, stderr } = await piped(t, ['run', '-n', '2', 'sh', '-c', 'yes | head -n 100000'], '| head -n 1')
  t.equal(code, '0')
  t.equal(stderr, 'ranklog run: stdout has no reader any more; the ranks continue\n')
})

t.test('the next run removes the temporary folder of a killed run', async (t) => {
  const tmp = t.testdir({ 'ranklog-note.txt': 'not ours' })
  const env = { TMPDIR: tmp }
  const child = startRanklog(t, ['run', ...rankOf(`say({ pid: process.pid }); process.stdin.resume()`)], { env })
  await child.stdout.until(/"pid":\d+/)
  const left = () => readdirSync(tmp).filter((name) => name.startsWith('ranklog-run-'))
  t.equal(left().length, 1)
  child.kill('SIGKILL')
  await child.exit
  t.equal(left().length, 1, 'a killed run cannot remove its folder')
  const next = await startRanklog(t, ['run', 'true'], { env }).exit
  t.equal(next.code, 0)
  if (process.platform === 'linux') t.strictSame(left(), [])
  t.equal(readFileSync(join(tmp, 'ranklog-note.txt'), 'utf8'), 'not ours')
})
