import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { splitSignals } from './signal-options.ts'

const split = (options: object) => splitSignals('test', 'fileStream', options)

t.test('the signal options are separated from the others', async (t) => {
  t.strictSame(split({ path: 'a' }), [{ handleSignals: false }, { path: 'a' }])
  const signals = { reopenOn: 'SIGHUP', rotateOn: 'SIGUSR2', handleSignals: true }
  t.strictSame(split({ path: 'a', rotate: {}, ...signals }), [signals, { path: 'a', rotate: {} }])
})

t.test('options of another type, and signals that cannot be used, are refused', async (t) => {
  const invalid: [options: unknown, message: RegExp][] = [
    [undefined, /^test: fileStream\(\) options: expected an object, received nothing/],
    [null, /expected an object, received null/],
    ['train.log', /expected an object, received "train\.log"; give one, e\.g\. \{ path: "train\.log" \}$/],
    [{ reopenOn: 'SIGKILL' }, /"reopenOn"/],
    [{ rotateOn: 'USR2', rotate: {} }, /"rotateOn"/],
    [{ rotateOn: 'SIGUSR2' }, /"rotateOn": expected the option "rotate" as well/],
    [{ handleSignals: 'yes' }, /"handleSignals"/],
  ]
  for (const [options, message] of invalid)
    t.throws(() => split(options as object), { code: 'OPTION_INVALID', message }, String(message))
})

t.test('in a worker thread, which gets no signals, an option that acts at signals is refused', async (t) => {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.module).then(({ splitSignals }) => {
      const messageOf = (options) => {
        try {
          return splitSignals('test', 'fileStream', options)
        } catch ({ message }) {
          return message
        }
      }
      parentPort.postMessage(workerData.options.map(messageOf))
    })`
  const options = [
    { reopenOn: 'SIGHUP' },
    { rotateOn: 'SIGUSR2', rotate: {} },
    { handleSignals: true },
    { handleSignals: false },
  ]
  const workerData = { module: new URL('./signal-options.js', import.meta.url).href, options }
  const worker = new Worker(code, { eval: true, workerData })
  t.teardown(() => worker.terminate())
  const [results] = await once(worker, 'message')
  t.match(results, [
    /"reopenOn": expected none in a worker thread.*\{ stream: fileStream\(\{ … \}\) \}$/,
    /"rotateOn": expected none in a worker thread/,
    /"handleSignals": expected none in a worker thread/,
    [{ handleSignals: false }, {}],
  ])
})
