import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { node, runProcess } from './kit/start-process.ts'

const module = new URL('../../packages/pino-rank-file/dist/line-file/file-writer-thread.js', import.meta.url).href

/** Sends lines to the writer thread of a slow disk, first while no descriptor is left to start it, then while there are some. */
const program = (path: string) => `
  import { closeSync, openSync } from 'node:fs'
  import { FileWriterThread } from ${JSON.stringify(module)}
  const settings = { path: ${JSON.stringify(path)}, name: 'test', mkdir: true, mode: 0o640, durable: false }
  const nextAck = (thread) => new Promise((resolve) => (thread.onAck = resolve))
  const taken = []
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch {}
  const thread = new FileWriterThread(settings)
  thread.write(Buffer.from('1\\n'), false)
  const keep = setInterval(() => {}, 1000)
  const first = await nextAck(thread)
  for (const fd of taken) closeSync(fd)
  thread.write(Buffer.from('2\\n'), true)
  const second = thread.wait(1000)
  thread.write(Buffer.from('3\\n'), false)
  const third = await nextAck(thread)
  thread.close()
  clearInterval(keep)
  console.log(JSON.stringify([{ taken: first.taken, code: first.error?.code }, second, third]))`

t.test('without a descriptor for the thread, batches are written on the calling thread, reported once', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const command = [...node, '--input-type=module', '--eval', program(path)]
  const { code, stdout, stderr } = await runProcess(t, ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh', ...command])
  t.equal(code, 0)
  t.match(stderr, /^test: no thread for a slow disk: [^\n]*EMFILE[^\n]*\n$/)
  t.strictSame(JSON.parse(stdout), [{ taken: 0, code: 'EMFILE' }, { taken: 2 }, { taken: 2 }])
  t.equal(readFileSync(path, 'utf8'), '2\n3\n', 'the queue gives the first batch again')
})
