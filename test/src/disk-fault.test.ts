import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { cleanEnvironment, unhookedNode } from './kit/clean-environment.ts'
import { mountedTmpfs } from './kit/mounted.ts'

/** Faults that the system really makes; the named doubles in line-writer.test.ts have the rest. */
const programs = (name: string) => fileURLToPath(new URL(`./kit/programs/${name}.js`, import.meta.url))
const program = programs('limited-rank')

function run(command: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { encoding: 'utf8', env: cleanEnvironment() })
}

t.test('RLIMIT_FSIZE: what fits is whole, the rest is told on stderr, and the program ends as it would', (t) => {
  const path = join(t.testdir(), 'train.log')
  const { status, stderr } = run('sh', '-c', 'ulimit -f 8; exec "$@"', 'sh', ...unhookedNode, program, path)
  t.equal(status, 0)
  const [fault, loss, ...more] = stderr.trimEnd().split('\n')
  t.match(fault, /^pino-rank-file: .*train\.log: EFBIG: .*; lines wait in memory/)
  t.match(loss, /^pino-rank-file: .*train\.log: \d+ lines lost: EFBIG/)
  t.strictSame(more, [], 'nothing else')
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const lost = Number(/(\d+) lines lost/.exec(loss ?? '')?.[1])
  t.equal(lines.length + lost, 1000)
  lines.forEach((line, seq) => {
    if (JSON.parse(line).seq !== seq) t.fail(`line ${seq}: ${line}`)
  })
  t.end()
})

const tmpfs = mountedTmpfs('size=256k')
const mounted = tmpfs ? {} : { skip: 'mounting a tmpfs takes root' }

t.test('a full tmpfs: lines wait until there is room', mounted, async (t) => {
  const { dir, unmount } = tmpfs as NonNullable<typeof tmpfs>
  t.teardown(unmount)
  const { status, stdout, stderr } = run(...unhookedNode, programs('full-disk-rank'), dir)
  t.equal(status, 0)
  t.match(stderr, /^pino-rank-file: .*train\.log: ENOSPC: [^\n]*; lines wait in memory[^\n]*\n$/, 'told once')
  t.strictSame(JSON.parse(stdout), { code: 'ENOSPC', drops: 0 })
  const lines = readFileSync(join(dir, 'train.log'), 'utf8').trimEnd().split('\n')
  const whole = lines.filter((line) => /^\{.*\}$/.test(line))
  const seqs = whole.map((line) => JSON.parse(line).seq)
  t.strictSame(
    seqs,
    Array.from({ length: 2000 }, (_, seq) => seq),
  )
  t.ok(lines.length - whole.length <= 1, 'the cut leaves one fragment')
})

t.test('a path that cannot be opened: told once, and the program goes on', (t) => {
  const dir = t.testdir({ folder: {} })
  const { status, stderr } = run(...unhookedNode, program, join(dir, 'folder'))
  t.equal(status, 0)
  t.match(stderr.split('\n'), [/^pino-rank-file: .*folder: EISDIR/, /1000 lines lost: EISDIR/, ''])
  t.end()
})
