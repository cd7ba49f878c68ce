import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeFifo } from './kit/run-command.ts'
import { node, pathOf, runProcess, startProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'

/** Runs the program as the first of a shell pipeline. It prints its counts to stderr, and the shell its exit code. */
async function pipeInto(t: Test, reader: string, mode: string) {
  const script = `{ "$@"; echo $? >&2; } | ${reader}`
  const command = ['sh', '-c', script, 'sh', ...node, pathOf('stdout-writer'), mode]
  const { stdout, stderr } = await runProcess(t, command)
  const [stats = '', code = '', ...more] = stderr.trimEnd().split('\n')
  t.strictSame(more, [], 'no report on stderr')
  return { lines: stdout.trimEnd().split('\n'), code, stats: JSON.parse(stats) }
}

t.test('when the reader closes the pipe, lines are counted as dropped without a report', async (t) => {
  const { lines, code, stats } = await pipeInto(t, 'head -n 1', 'blocking')
  t.match(lines, [/"seq":0/])
  t.equal(lines.length, 1)
  t.equal(code, '0')
  t.match(stats, { errors: 1, oversized: 0 })
  t.ok((stats as { drops: number }).drops > 1000)
})

for (const mode of ['blocking', 'non-blocking']) {
  t.test(`the stream waits for a full ${mode} pipe and loses no line`, async (t) => {
    const { lines, code, stats } = await pipeInto(t, 'cat', mode)
    t.strictSame(
      lines.map((line) => JSON.parse(line).seq),
      Array.from({ length: 20_000 }, (_, seq) => seq),
    )
    t.equal(code, '0')
    t.match(stats, { lines: 20_000, drops: 0, errors: 0 })
  })
}

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux can open a pipe a second time' }

/** Runs the program with a reader that does not read before the program has logged everything. */
async function intoStandingReader(t: Test, way: string) {
  const fifo = join(t.testdir(), 'go')
  makeFifo(fifo)
  const command = ['sh', '-c', '"$@" | { : < "$0"; cat; }', fifo, ...node, pathOf('stalled-reader'), way, fifo]
  const { code, stdout, stderr } = await runProcess(t, command)
  t.equal(code, 0)
  return { seqs: stdout.trimEnd().split('\n').map((line) => JSON.parse(line)), stderr } // biome-ignore format: one line
}

for (const way of ['{}', 'target']) {
  t.test(`${way}: the program does not wait for a reader that does not read, and loses no line`, linux, async (t) => {
    const { seqs } = await intoStandingReader(t, way)
    t.strictSame(
      seqs.map(({ seq }) => seq),
      Array.from({ length: 20_001 }, (_, seq) => seq),
    )
  })
}

t.test(
  'with a full outbox and a reader that does not read, lines are dropped, and records count them',
  linux,
  async (t) => {
    const { seqs, stderr } = await intoStandingReader(t, '{"queueBytes":200000,"overflow":"drop"}')
    const { drops } = JSON.parse(stderr)
    const records = seqs.filter(({ seq }) => seq !== undefined)
    t.ok(drops > 10_000, `${drops} drops`)
    t.equal(records.length + drops, 20_001)
    t.strictSame(
      seqs.flatMap(({ drops = [] }) => drops).reduce((sum: number, count: number) => sum + count, 0),
      drops,
    )
  },
)

/** Starts the program with a socket as its stdout, as Node's `spawn` does by default. Nobody reads it yet. */
function startIntoSocket(t: Test, way: string) {
  const fifo = join(t.testdir(), 'go')
  makeFifo(fifo)
  const env = { RANKLOG_RUN_ID: fifo } // of this test alone
  const program = startProcess(t, [...node, pathOf('stalled-reader'), way, fifo], { env })
  program.stdout.stream.pause()
  return { program, hasLogged: async () => (await open(fifo, 'r')).close() }
}

const seqsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).seq)

/** Returns the kernel function in which a process sleeps, or '0' if the system does not tell. */
const kernelFunctionOf = ({ pid }: { pid: number }) => readFileSync(`/proc/${pid}/wchan`, 'utf8')

t.test('the program waits for the reader of a socket, and drops no line', linux, async (t) => {
  const { program, hasLogged } = startIntoSocket(t, '{"queueBytes":65536,"overflow":"drop"}')
  if (kernelFunctionOf({ pid: process.pid }) !== '0') await until(() => /^(sock|unix)_/.test(kernelFunctionOf(program)))
  program.stdout.stream.resume()
  await hasLogged()
  const { stdout, stderr } = await program.exit
  t.match(JSON.parse(stderr), { drops: 0 })
  t.strictSame(
    seqsOf(stdout),
    Array.from({ length: 20_001 }, (_, seq) => seq),
  )
})

const ownCollector = '{"merge":"always","collector":true}'

for (const way of ['non-blocking', 'thread', ownCollector]) {
  t.test(`${way}: the program does not wait for the reader of a socket, and loses no line`, linux, async (t) => {
    const { program, hasLogged } = startIntoSocket(t, way)
    await hasLogged()
    program.stdout.stream.resume()
    t.strictSame(
      seqsOf((await program.exit).stdout),
      Array.from({ length: 20_001 }, (_, seq) => seq),
    )
  })
}
