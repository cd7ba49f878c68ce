/** Logs in exit handlers, to streams that were created, written to or ended before them or in them. */
import { join } from 'node:path'
import pino from 'pino'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'

const [dir = '.'] = process.argv.slice(2)
const open = (name: string) => pino({}, fileStream({ path: join(dir, name) }))

const written = open('written-before.log')
process.on('exit', () => written.info('exit handler before ours'))
written.info('before')

const made = open('made-before.log')
const split = pino({}, splitStream({ path: join(dir, 'train.log') }))
split.info('before')

const stream = fileStream({ path: join(dir, 'ended.log') })
const ended = pino({}, stream)
ended.info('before its end')
stream.end()

process.on('exit', () => {
  written.info('exit handler after ours')
  made.info('first, in the exit handler')
  open('made-inside.log').info('all in the exit handler')
  ended.info('after its end')
  split.info('the last')
})
process.exit(5)
