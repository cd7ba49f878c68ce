import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { logExit } from './log-exit.ts'

t.test('logExit logs the exit code before the program ends the worker', async (t) => {
  const dir = t.testdir()
  const keepAlive = setInterval(() => {}, 60_000) // the worker does not keep the process alive
  for (const isRemoved of [false, true]) {
    const destination = join(dir, `${isRemoved}.log`)
    const transport = pino.transport({ target: 'pino/file', options: { destination } })
    const log = pino({ base: null, timestamp: false }, transport)
    const remove = logExit(log)
    if (isRemoved) remove()
    log.info('a')
    transport.end()
    await once(transport, 'close')
    const end = isRemoved ? '' : '{"level":30,"run":{"exitCode":0}}\n'
    t.equal(readFileSync(destination, 'utf8'), `{"level":30,"msg":"a"}\n${end}`)
    remove()
  }
  clearInterval(keepAlive)
})
