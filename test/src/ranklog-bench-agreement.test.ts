/** `ranklog-bench --compare`: two runs of one command agree, and a mode that became slower is reported. */
import { cpSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { node, runProcess } from './kit/start-process.ts'

const bench = fileURLToPath(new URL('../../packages/ranklog-bench', import.meta.url))

// A verdict needs five rounds. One rank is enough, because the comparison does not depend on the number of ranks.
const args =
  '--ranks 1 --lines 10/step --step 2ms --duration 500ms --rounds 5 --disks tmpfs --modes none,gated --no-report'

const run = (t: Test, cwd: string, command: string, ...more: string[]) =>
  runProcess(t, [...node, join(command, 'bin/ranklog-bench.js'), ...args.split(' '), ...more], { cwd })

/** The rank program with one change: in the gated mode each step takes `extraMs` longer, far more than the noise. */
const slowRank = `const { emit } = process
process.emit = function (name, job, ...rest) {
  if (name === 'message' && job.mode === 'gated') job.slow = { rank: 0, extraMs: 100 }
  return emit.call(this, name, job, ...rest)
}
await import('./own-rank-program.js')
`

/** Returns a copy of the command whose gated mode is slower. */
function slowCopy(dir: string): string {
  for (const part of ['package.json', 'bin', 'dist/bundle'])
    cpSync(join(bench, part), join(dir, part), { recursive: true })
  const program = join(dir, 'dist/bundle/rank-program.js')
  renameSync(program, join(dir, 'dist/bundle/own-rank-program.js'))
  writeFileSync(program, slowRank)
  return dir
}

/** Returns the verdict on each cell of a comparison, by its mode. */
function verdictsOf(stdout: string): Record<string, string | undefined> {
  const [, table = ''] = stdout.split('### Compared with the earlier run')
  const rows = table.split('\n').filter((line) => line.startsWith('| tmpfs'))
  return Object.fromEntries(rows.map((row) => row.split('|').map((text) => text.trim())).map((row) => [row[2], row[9]]))
}

t.test('--compare finds no change between two runs of one command, and finds a slower mode', async (t) => {
  const dir = t.testdir({ slow: {} })
  const first = await run(t, dir, bench, '--json', 'first.json')
  t.equal(first.code, 0, first.stderr)
  t.match(first.stdout, /^With gated logging a step takes [\d.]+ × as long/m, 'five rounds give an answer')

  await t.test('the same command again is the same within the noise', async (t) => {
    const { code, stdout, stderr } = await run(t, dir, bench, '--json', 'second.json', '--compare', 'first.json')
    t.equal(code, 0, stderr)
    const verdicts = verdictsOf(stdout)
    t.strictSame(Object.keys(verdicts), ['no logging', 'gated', 'no logging (control)'])
    t.equal(verdicts.gated, 'same within the noise', stdout)
  })

  await t.test('a slow rank makes its mode slower, with exit code 1', async (t) => {
    const slow = slowCopy(join(dir, 'slow'))
    const { code, stdout, stderr } = await run(t, dir, slow, '--json', 'slow.json', '--compare', 'first.json')
    t.equal(code, 1, stderr)
    t.equal(verdictsOf(stdout).gated, 'slower', stdout)
    t.match(stderr, /\nranklog-bench: slower than before: gated, 1 rank, 10 × 300 B, disk tmpfs: p50 /)
  })
})
