import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import { slowDisk } from './kit/packed-apps.ts'
import { node, permissionFlag, runProcess } from './kit/start-process.ts'

const module = new URL('../../packages/pino-rank-file/dist/line-file/file-writer-thread.js', import.meta.url).href

/** Runs `code` with `startWriterThread` for the file at `path`, and returns what it prints. */
async function run(t: Test, path: string, code: string) {
  const program = `
    import { closeSync, openSync } from 'node:fs'
    import { startWriterThread } from ${JSON.stringify(module)}
    const settings = { path: ${JSON.stringify(path)}, name: 'test', mkdir: true, mode: 0o640, durable: false }
    const keep = setInterval(() => {}, 1000)
    ${code}
    clearInterval(keep)`
  const command = [...node, '--input-type=module', '--eval', program]
  const { code: exit, stdout, stderr } = await runProcess(t, ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh', ...command])
  t.strictSame([exit, stderr], [0, ''])
  return JSON.parse(stdout)
}

t.test('batches are written, and acknowledged with their duration, with onAck and with wait', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const [first, second] = await run(
    t,
    path,
    `const thread = startWriterThread(settings)
    thread.write(Buffer.from('1\\n'), false)
    const first = await new Promise((resolve) => (thread.onAck = resolve))
    thread.write(Buffer.from('2\\n'), true)
    const second = thread.wait(10_000)
    thread.close()
    console.log(JSON.stringify([first, second]))`,
  )
  for (const ack of [first, second]) t.match(ack, { taken: 2, ms: Number })
  t.equal(readFileSync(path, 'utf8'), '1\n2\n')
})

t.test('close closes the file and ends the thread', { skip: process.platform !== 'linux' }, async (t) => {
  const path = join(t.testdir(), 'train.log')
  const isOpen = await run(
    t,
    path,
    `import { readdirSync, readlinkSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    const isOpen = () => readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync('/proc/self/fd/' + fd) === settings.path
      } catch {} // the descriptor of readdirSync itself, which is closed by now
    })
    const threads = () => readdirSync('/proc/self/task').length
    const before = threads()
    const thread = startWriterThread(settings)
    thread.write(Buffer.from('1\\n'), false)
    thread.wait(10_000)
    console.log(isOpen())
    thread.close()
    while (isOpen() || threads() > before) await setTimeout(5)`,
  )
  t.equal(isOpen, true)
})

t.test('a batch that the thread has not begun can be taken back, and is not written', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const takenBack = await run(
    t,
    path,
    `const thread = startWriterThread(settings)
    thread.write(Buffer.from('1\\n'), false)
    const takenBack = thread.takeBack() // the thread has not started yet
    const other = startWriterThread(settings)
    other.write(Buffer.from('2\\n'), false)
    const ack = other.wait(10_000)
    thread.close()
    other.close()
    console.log(JSON.stringify([takenBack, thread.wait(100), ack.taken, other.takeBack()]))`,
  )
  t.strictSame(takenBack, [true, null, 2, false])
  t.equal(readFileSync(path, 'utf8'), '2\n')
})

t.test('after moveTo the thread writes the next batches to the other file', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const acks = await run(
    t,
    path,
    `const thread = startWriterThread(settings, (path) => ({ ...settings, path }))
    const acks = []
    for (const file of ['', '.second', '.third']) {
      if (file) thread.moveTo(settings.path + file)
      thread.write(Buffer.from('line' + file + '\\n'), false)
      acks.push(thread.wait(10_000).taken)
    }
    thread.close()
    console.log(JSON.stringify(acks))`,
  )
  t.strictSame(acks, [5, 12, 11])
  t.strictSame(
    ['', '.second', '.third'].map((file) => readFileSync(path + file, 'utf8')),
    ['line\n', 'line.second\n', 'line.third\n'],
  )
})

t.test('if no descriptor is free for the thread, onError is called', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const code = await run(
    t,
    path,
    `const taken = []
    try {
      for (;;) taken.push(openSync('/dev/null', 'r'))
    } catch {}
    const thread = startWriterThread(settings)
    thread.write(Buffer.from('1\\n'), false)
    const error = await new Promise((resolve) => (thread.onError = resolve))
    for (const fd of taken) closeSync(fd)
    console.log(JSON.stringify(error.code))`,
  )
  t.match(code, /EMFILE|ERR_WORKER_INIT_FAILED/)
})

t.test('if Node’s permissions forbid threads, startWriterThread throws', async (t) => {
  const code = `import { startWriterThread } from ${JSON.stringify(module)}
    try {
      startWriterThread({ path: 'train.log', name: 'test', mkdir: true, mode: 0o640, durable: false })
    } catch (error) {
      console.log(error.code)
    }`
  const permissions = [permissionFlag, '--allow-fs-read=*', '--no-warnings']
  const { stdout } = await runProcess(t, [...node, ...permissions, '--input-type=module', '--eval', code])
  t.equal(stdout, 'ERR_ACCESS_DENIED\n')
})

for (const format of ['esm', 'cjs'] as const) {
  t.test(`in a bundle (${format}) the thread starts without its file, after slow writes`, async (t) => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'bundled-'))) // no folder above it has the packages
    t.teardown(() => rmSync(dir, { recursive: true }))
    writeFileSync(join(dir, 'slow-disk.cjs'), slowDisk)
    const contents = `
      import written from ${JSON.stringify(join(dir, 'slow-disk.cjs'))}
      import { fileStream } from 'pino-rank-file'
      const stream = fileStream({ path: 'train.log' })
      let count = 0
      const log = () => stream.write(JSON.stringify({ level: 50, msg: String(++count) }) + '\\n')
      log() // loads the code of the stream's writer before the next line
      const logMore = () => {
        log()
        if (written.length === count) setImmediate(logMore) // until the thread writes; it may start slowly
      }
      setImmediate(logMore)
      process.on('exit', () => process.stdout.write(JSON.stringify({ count, written })))`
    const stdin = { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) }
    const outfile = join(dir, format === 'esm' ? 'app.mjs' : 'app.cjs')
    const banner = {
      js:
        format === 'esm'
          ? "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"
          : '',
    }
    const logOverride = { 'empty-import-meta': 'silent' } as const
    await build({ bundle: true, platform: 'node', format, stdin, outfile, banner, logOverride })
    const { stdout, ...exit } = await runProcess(t, [...node, outfile], { cwd: dir })
    t.strictSame(exit, { code: 0, signal: null, stderr: '' })
    const { count, written } = JSON.parse(stdout)
    t.ok(count >= 3, 'two writes of the main thread were slow')
    const all = Array.from({ length: count }, (_, at) => `${at + 1}`)
    t.strictSame(written, all.slice(0, -1), 'the thread writes the last line')
    const lines = readFileSync(join(dir, 'train.log'), 'utf8').trim().split('\n')
    t.strictSame(
      lines.map((line) => JSON.parse(line).msg),
      all,
    )
  })
}
