import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { pinoConfigCode } from '../pino-worker-internals.ts'
import { keepPinoConfig, withoutPinoFields, workerLevels } from './pino-config.ts'

t.test('the fields that pino adds for a single target are removed', async (t) => {
  const added = { $context: {}, pinoWillSendConfig: true, dedupe: false, levels: { audit: 35 } }
  t.strictSame(withoutPinoFields({ path: 'a', ...added }), { path: 'a' })
})

t.test('the levels are those of pino and the custom ones', async (t) => {
  t.match(workerLevels({}), { info: 30, fatal: 60 })
  t.match(workerLevels({ levels: { audit: 35, info: 31 } }), { info: 31, audit: 35, fatal: 60 })
})

t.test('on the main thread, which gets no configuration, a target is just built', async (t) => {
  t.equal(await keepPinoConfig()(async () => 'built'), 'built')
})

const code = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData).then(({ keepPinoConfig, workerLevels }) => {
    const { on } = parentPort
    const withConfig = keepPinoConfig()
    const received = []
    const build = async () => {
      parentPort.on('message', (message) => received.push(message))
      parentPort.on('other', () => received.push('other'))
      return 'built'
    }
    parentPort.on('message', async (message) => {
      if (message !== 'build') return
      const result = await withConfig(build)
      await new Promise(setImmediate)
      parentPort.postMessage({ result, received, isRestored: parentPort.on === on })
      process.exit()
    })
    parentPort.postMessage('ready')
  })`

t.test('in a worker, a target that is built later gets the configuration that pino sent at the start', async (t) => {
  const config = { code: pinoConfigCode, config: { messageKey: 'text' } }
  for (const sent of [[{ code: 'OTHER' }, config, { code: 'OTHER' }, null], [{ code: 'OTHER' }]]) {
    const worker = new Worker(code, { eval: true, workerData: new URL('./pino-config.js', import.meta.url).href })
    t.teardown(() => worker.terminate())
    t.equal((await once(worker, 'message'))[0], 'ready')
    for (const message of [...sent, 'build']) worker.postMessage(message)
    const [answer] = await once(worker, 'message')
    t.strictSame(answer, { result: 'built', received: sent.includes(config) ? [config] : [], isRestored: true })
  }
})
