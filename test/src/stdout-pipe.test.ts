import t, { type Test } from 'tap'
import { node, pathOf, runProcess } from './kit/start-process.ts'

/** Runs the program at the head of a real pipeline; its exit code and counts come on stderr. */
async function pipeInto(t: Test, reader: string, mode: string) {
  const script = `{ "$@"; echo $? >&2; } | ${reader}`
  const command = ['sh', '-c', script, 'sh', ...node, pathOf('stdout-writer'), mode]
  const { stdout, stderr } = await runProcess(t, command)
  const [stats = '', code = '', ...more] = stderr.trimEnd().split('\n')
  t.strictSame(more, [], 'nothing else is said')
  return { lines: stdout.trimEnd().split('\n'), code, stats: JSON.parse(stats) }
}

t.test('the reader leaves: stops quietly and counts', async (t) => {
  const { lines, code, stats } = await pipeInto(t, 'head -n 1', 'blocking')
  t.match(lines, [/"seq":0/])
  t.equal(lines.length, 1)
  t.equal(code, '0')
  t.match(stats, { errors: 1, oversized: 0 })
  t.ok((stats as { drops: number }).drops > 1000)
})

for (const mode of ['blocking', 'non-blocking']) {
  t.test(`a ${mode} pipe that is full: waits`, async (t) => {
    const { lines, code, stats } = await pipeInto(t, 'cat', mode)
    t.strictSame(
      lines.map((line) => JSON.parse(line).seq),
      Array.from({ length: 20_000 }, (_, seq) => seq),
    )
    t.equal(code, '0')
    t.match(stats, { lines: 20_000, drops: 0, errors: 0 })
  })
}
