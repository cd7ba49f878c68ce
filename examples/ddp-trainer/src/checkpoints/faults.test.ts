// Ranks that throw or are killed: the job ends soon, names the first cause, and leaves complete logs and checkpoints.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import type { InterruptedRunOptions } from '../kit/interrupted-run.ts'
import { ranklog, records, runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import { readCheckpoint } from './checkpoint-file.ts'

const program = 'kit/interrupted-run.js'
const maxMs = 10_000

type Fault = 'throws' | 'is killed'

function argsOf(stuck: Fault): string[] {
  return [JSON.stringify({ devices: 2, stuck, everyNTrainSteps: 7 } satisfies InterruptedRunOptions)]
}

/** Checks the files of a job whose rank 1 failed at step 50. */
async function checkFiles(t: Test, cwd: string): Promise<void> {
  const { checkpoint } = await readCheckpoint(join(cwd, 'run/last.ckpt'), 0)
  t.match(checkpoint, { globalStep: 49, parameters: [{ values: [49] }] })
  const steps = records(readFileSync(join(cwd, 'run/train.log'), 'utf8')).flatMap(({ metrics, step }) =>
    metrics ? [step as number] : [],
  )
  t.strictSame(
    steps.slice(0, 49),
    Array.from({ length: 49 }, (_, step) => step),
  )
}

const faults: [fault: Fault, cause: RegExp, exitCode: number][] = [
  ['throws', /rank 1 exited with code 1: Error: a broken batch/, 1],
  ['is killed', /rank 1 was ended by SIGKILL/, 137],
]

for (const [fault, cause] of faults)
  t.test(`if rank 1 ${fault}, the parent ends the job and names it`, async (t) => {
    const cwd = temporary(t)
    const start = performance.now()
    const { code, stderr } = await runNode(program, { cwd, args: argsOf(fault) }).ended
    t.ok(performance.now() - start < maxMs)
    t.equal(code, 1)
    t.match(stderr, cause)
    await checkFiles(t, cwd)
  })

t.test('under torchrun, only the rank that throws writes an error file, as record does', async (t) => {
  const cwd = temporary(t)
  const errorFile = (rank: number) => join(cwd, `error-${rank}.json`)
  const ended = await Promise.all(
    [0, 1].map((rank) => {
      const env = torchrunEnv(rank, { worldSize: 2, runId: 'faults', errorFile: errorFile(rank) })
      return runNode(program, { cwd, args: argsOf('throws'), env }).ended
    }),
  )
  t.strictSame(
    ended.map(({ code }) => code),
    [1, 1],
  )
  t.match(ended[0]?.stderr, 'NeighbourLost: rank 0 lost rank 1')
  t.notOk(existsSync(errorFile(0)))
  t.match(JSON.parse(readFileSync(errorFile(1), 'utf8')), {
    message: {
      message: 'Error: a broken batch',
      extraInfo: { py_callstack: /^Error: a broken batch\n/, timestamp: /^\d+$/ },
    },
  })
  await checkFiles(t, cwd)
})

for (const [fault, , exitCode] of faults)
  t.test(`if rank 1 ${fault} under ranklog run, that is the first cause`, async (t) => {
    const cwd = temporary(t)
    const script = new URL(`../${program}`, import.meta.url).pathname
    const args = ['run', '-n', '2', '--', process.execPath, script, ...argsOf(fault)]
    const { code, stderr } = await runNode(ranklog, { cwd, args }).ended
    t.equal(code, exitCode)
    t.match(stderr, /ranklog run: rank 1 failed first/)
    if (fault === 'throws') t.match(stderr, /Error: a broken batch/)
    await checkFiles(t, cwd)
  })
