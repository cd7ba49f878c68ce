// Ends a stream whose sink never drains, and exits. Prints each call of the sink.
import { writeSync } from 'node:fs'
import { LineStream } from 'pino-rank-lines'

const say = (call: string) => writeSync(1, `${call}\n`)
const sink = {
  write: (lines: Buffer) => {
    say(`write ${String(lines).trim()}`)
    return lines.length
  },
  drain: () => new Promise<void>(() => say('drain')),
  end: () => say('end'),
  close: () => say('close'),
}
const stream = new LineStream(
  sink,
  { ranks: '*', others: 'error' },
  { name: 'test', flushBytes: 1, flushLevel: Infinity },
)
stream.on('close', () => say("'close'"))
stream.write('1\n')
stream.end()
setImmediate(() => process.exit(3))
