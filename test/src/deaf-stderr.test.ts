import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { makeFifo } from './kit/run-command.ts'
import { node, runProcess } from './kit/start-process.ts'

/** A gated rank whose error cannot be written to its file, while no process reads its stderr. The rank must neither end nor wait. */
const program = `import { rankLogger } from 'pino-rank'
  rankLogger({ transport: JSON.parse(process.argv[1]) }).error('the only one')`
const cwd = fileURLToPath(new URL('.', import.meta.url)) // a folder from which pino-rank can be imported
const env = torchrunEnv(1, { worldSize: 2 })
const { O_NONBLOCK, O_RDWR } = constants

/** Runs rank 1 of 2, which cannot write its log, and returns its exit code. @param stderr a descriptor */
async function run(t: Test, stderr: number, target: object): Promise<number | null> {
  const args = ['--input-type=module', '--eval', program, JSON.stringify({ ranks: '0', ...target })]
  const { code } = await runProcess(t, [...node, ...args], { cwd, env, stdout: 'ignore', stderr })
  return code
}

/** Returns a FIFO whose reader never reads. */
function pipe(t: Test) {
  const path = join(t.testdir(), 'pipe')
  makeFifo(path)
  const reader = openSync(path, O_RDWR | O_NONBLOCK)
  const writer = openSync(path, 'w')
  t.teardown(() => {
    closeSync(reader)
    closeSync(writer)
  })
  return { reader, writer }
}

/** The path of a folder, which cannot be written as a file. */
const path = fileURLToPath(new URL('..', import.meta.url)).replace(/.$/, '')
const targets = [
  { target: 'pino-rank-file', options: { path } },
  { target: 'pino/file', options: { destination: path } },
]

for (const target of targets) {
  t.test(`${target.target}: a full stderr blocks no rank`, { skip: process.platform !== 'linux' }, async (t) => {
    const { reader, writer } = pipe(t)
    const block = Buffer.alloc(4096, '.')
    try {
      for (;;) writeSync(reader, block)
    } catch {}
    t.equal(await run(t, writer, target), 0)
  })

  t.test(`${target.target}: a stderr pipe without a reader does not end the rank`, async (t) => {
    const path = join(t.testdir(), 'pipe')
    makeFifo(path)
    const reader = openSync(path, O_RDWR | O_NONBLOCK)
    const writer = openSync(path, 'w')
    closeSync(reader)
    t.equal(await run(t, writer, target), 0)
    closeSync(writer)
  })
}
