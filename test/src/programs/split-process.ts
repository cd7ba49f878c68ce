import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { gate } from 'pino-rank'
import { splitStream } from 'pino-rank-split'

/**
 * A rank, or a helper process of it, whose commands are messages of its parent. The rank forwards a message `helper: …` to
 * its helper. Each message is answered. Usage: `path [maxBytes]`.
 */
const [path = '', maxBytes] = process.argv.slice(2)
const rotate = maxBytes === undefined ? {} : { rotate: { maxBytes: Number(maxBytes) } }
const stream = splitStream({ path, flushBytes: 1, ...rotate })
const log = pino(gate({ ranks: '*' }), stream)
let helper: ChildProcess | undefined
const answer = () => process.send?.('done')

process.on('message', (text: string) => {
  const [, forwarded] = /^helper: (.*)$/.exec(text) ?? []
  if (forwarded !== undefined) return void helper?.send(forwarded)
  if (text === 'log') log.info('a line')
  if (text === 'kill') process.kill(process.pid, 'SIGKILL')
  if (text === 'end') process.exit(0)
  if (text === 'fork') {
    helper = fork(fileURLToPath(import.meta.url), process.argv.slice(2))
    helper.on('message', answer)
    helper.on('exit', answer)
  } else answer()
})
if (process.env.IS_HELPER) process.send?.('ready')
process.env.IS_HELPER = '1'
process.on('disconnect', () => {
  log.info('the parent has gone')
  process.exit(5)
})
