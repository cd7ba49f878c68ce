/** A rank that logs and ends before its collector has started. */
import { rankLogger } from 'pino-rank'
import { stdoutStream } from 'pino-rank-stdout'

/** How the program ends. */
export type ShortEnd = 'natural' | 'exit' | 'flush, SIGKILL' | 'end, SIGKILL'

const [end, options, way] = JSON.parse(process.argv[2] as string) as [ShortEnd, object, 'stream' | 'target']
const stream = way === 'stream' ? stdoutStream(options) : undefined
const log = stream
  ? rankLogger({ ranks: '*' }, stream)
  : rankLogger({ transport: { target: 'pino-rank-stdout', options } })
for (let seq = 0; seq < 500; seq++) log.info({ seq })
if (end === 'exit') process.exit()
if (end === 'flush, SIGKILL') await new Promise<void>((resolve) => log.flush(() => resolve()))
if (end === 'end, SIGKILL') await new Promise((resolve) => stream?.end().once('close', resolve))
if (end !== 'natural') process.kill(process.pid, 'SIGKILL')
