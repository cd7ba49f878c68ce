import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { cleanEnvironment, unhookedNode } from './kit/clean-environment.ts'

const program = fileURLToPath(new URL('./kit/programs/stdout-writer.js', import.meta.url))

/** Runs the program at the head of a real pipeline; its exit code and counts come on stderr. */
function pipeInto(reader: string, mode: string): { lines: string[]; code: string; stats: unknown } {
  const script = `{ "$@"; echo $? >&2; } | ${reader}`
  const { stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', ...unhookedNode, program, mode], {
    encoding: 'utf8',
    env: cleanEnvironment(),
    maxBuffer: 2 ** 26,
  })
  const [stats = '', code = '', ...more] = stderr.trimEnd().split('\n')
  t.strictSame(more, [], 'nothing else is said')
  return { lines: stdout.trimEnd().split('\n'), code, stats: JSON.parse(stats) }
}

t.test('the reader leaves: stops quietly and counts', (t) => {
  const { lines, code, stats } = pipeInto('head -n 1', 'blocking')
  t.match(lines, [/"seq":0/])
  t.equal(lines.length, 1)
  t.equal(code, '0')
  t.match(stats, { errors: 1, oversized: 0 })
  t.ok((stats as { drops: number }).drops > 1000)
  t.end()
})

for (const mode of ['blocking', 'non-blocking']) {
  t.test(`a ${mode} pipe that is full: waits`, (t) => {
    const { lines, code, stats } = pipeInto('cat', mode)
    t.strictSame(
      lines.map((line) => JSON.parse(line).seq),
      Array.from({ length: 20_000 }, (_, seq) => seq),
    )
    t.equal(code, '0')
    t.match(stats, { lines: 20_000, drops: 0, errors: 0 })
    t.end()
  })
}
