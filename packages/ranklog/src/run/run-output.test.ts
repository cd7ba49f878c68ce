import { LiveMemory } from 'pino-rank-merge'
import t from 'tap'
import { Output } from '../cli/index.ts'
import { type JobOutput, runOutput } from './run-output.ts'

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

/** Runs a job of two ranks whose stdouts and stderrs have these texts. `fault` is the error code of each write. */
async function run(stdout: [string, string], stderr: [string, string], fault?: string) {
  const written = ['', '', '']
  const warnings: string[] = []
  const outputOf = (fd: number) =>
    new Output(fd, {
      isTTY: false,
      writeSome: async (_fd, bytes) => {
        if (fault !== undefined) throw Object.assign(new Error(`${fault}: a fault`), { code: fault })
        written[fd] += Buffer.from(bytes).toString()
        return bytes.length
      },
    })
  const mode = { isBlocking: false }
  const job = {
    stdout: stdout.map((text) => chunks(text)),
    stderr: stderr.map((text) => chunks(text)),
    sent: [],
    sentNames: [],
    onSentNamed: () => {},
    ackWritten: () => {},
    loads: new Map(),
    writeModes: [[mode, mode], [mode, mode]],
    memory: new LiveMemory(),
  } as unknown as JobOutput // biome-ignore format: a list
  const progress = { bytesRead: 0, pendingWrites: 0 }
  const to = (fd: number) => ({ output: outputOf(fd), decorate: undefined, showsBar: false })
  const warn = (text: string) => void warnings.push(text)
  await runOutput(['0', '1'], job, { windowMs: 10, maxWindowMs: 10, stdout: to(1), stderr: to(2), progress, warn })
  return { written, warnings, progress }
}

const line = (time: number) => `{"level":30,"time":${1_700_000_000_000 + time}}\n`

t.test('the stdouts of ranks are merged to our stdout, and their stderrs to our stderr', async (t) => {
  const { written, warnings, progress } = await run([line(1), line(0)], ['', 'oops\n'])
  t.strictSame(written[1]?.split('\n').sort(), `${line(0)}${line(1)}`.split('\n').sort())
  t.equal(written[2], 'oops\n')
  t.equal(progress.pendingWrites, 0)
  t.notOk(warnings.some((text) => text.includes('the ranks continue')))
})

t.test('a reader that is gone, and a write that fails, are reported once for each output', async (t) => {
  const gone = await run([line(1), line(0)], ['', ''], 'EPIPE')
  t.ok(gone.warnings.includes('stdout has no reader any more; the ranks continue'))
  const failed = await run(['', ''], ['a\n', 'b\n'], 'ENOSPC')
  const text = 'ENOSPC: a fault; the ranks continue, but their output is not written any more'
  t.equal(failed.warnings.filter((warning) => warning === text).length, 1)
  t.strictSame([failed.progress.pendingWrites, failed.written], [0, ['', '', '']])
})
