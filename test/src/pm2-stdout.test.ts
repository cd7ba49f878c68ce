import t from 'tap'
import { node, pathOf, runProcess } from './kit/start-process.ts'

t.test("in a worker of PM2's cluster mode lines go to PM2's stdout", async (t) => {
  const program = pathOf(new URL('./programs/pm2-worker.js', import.meta.url))
  const { code, stdout, stderr } = await runProcess(t, [...node, program])
  t.strictSame([code, stderr], [0, ''])
  const [fd1, result = ''] = stdout.trimEnd().split('\n')
  t.equal(fd1, 'a child', "a child process has the worker's variables, and its own stdout")
  const { sent }: { sent: string[] } = JSON.parse(result)
  const lines = sent.filter((text) => text.startsWith('{'))
  t.ok(
    lines.every((line) => line.endsWith('}\n')),
    'each call of write has whole lines',
  )
  const records = lines.map((line) => JSON.parse(line))
  const others = records.map(({ msg }) => msg).filter((msg) => msg !== 'in batches')
  t.strictSame(others, ['in the process', 'a stream', 'in a thread'])
  t.strictSame(
    records.flatMap(({ seq = [] }) => seq),
    Array.from({ length: 100 }, (_, seq) => seq),
  )
  t.match(records[0], { rank: 1 })
  const [always, collector, end] = sent.filter((text) => !text.startsWith('{'))
  t.match(
    always,
    /^pino-rank-stdout: option "merge": expected 'auto' or 'never' in PM2's cluster mode, received "always"; leave/,
  )
  t.match(
    collector,
    /^pino-rank-stdout: option "collector": expected no collector in PM2's cluster mode, received true; leave/,
  )
  t.equal(end, 'the end')
})
