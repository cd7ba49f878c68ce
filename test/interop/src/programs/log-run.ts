// A training script as a user would write it. Its argument is a RunJob in JSON.
import { crc32, deflateSync } from 'node:zlib'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { logExit, metricSerializers } from 'pino-rank-metrics'

/** The target and the content of the log. */
export interface RunJob {
  target: string
  options: object
  /** The first step, and the one after the last. */
  steps: [number, number]
  /** True: logs a text, a histogram and an image as well. @default false */
  media?: boolean
  /** The exit code. 'killed': the script runs until it is killed. */
  exit: number | 'killed'
  /** True: plain pino with `logExit` instead of `rankLogger`. @default false */
  plain?: boolean
  /** The learning rate. @default 0.1 */
  lr?: number
}

const { target, options, steps, media, exit, plain, lr = 0.1 }: RunJob = JSON.parse(process.argv[2] as string)
const transport = { target, options }
const log = plain
  ? pino({ serializers: metricSerializers, transport })
  : rankLogger({ serializers: metricSerializers, transport })
if (plain) logExit(log)

log.info('not a metric')
log.info({ hparams: { lr, net: { depth: 3, activation: 'relu' }, amp: true, far: Infinity, none: null, nan: NaN } })
for (let step = steps[0]; step < steps[1]; step++) {
  const loss = 2 * Math.exp((-step * lr) / 4) + 0.1 * Math.sin(step)
  log.info({ metrics: { loss: { train: loss }, lr: lr * 0.99 ** step }, step, epoch: Math.floor(step / 50) })
}
log.info({ metrics: { odd: { nan: NaN, inf: Infinity, 'neg inf': -Infinity, 'ä π 🚀': 1 } }, step: steps[1] - 1 })
if (media) {
  const values = Array.from({ length: 1000 }, (_, n) => Math.sin(n) + Math.cos(7 * n))
  log.info({ metrics: { weights: { histogram: { values } }, note: { text: '**bold** ä' } }, step: 1 })
  log.info({ metrics: { sample: { image: { png: gradient(64) } } }, step: 1 })
}
log.flush(() => {
  process.send?.('logged')
  if (exit === 'killed') setInterval(() => {}, 1000)
  else process.exit(exit)
})

/** Returns a square PNG with a colour gradient. */
function gradient(size: number): Buffer {
  const rows = Array.from({ length: size }, (_, y) => [
    0,
    ...Array.from({ length: size }, (_, x) => [4 * x, 4 * y, 128]).flat(),
  ])
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const chunks: [string, Buffer][] = [['IHDR', head], ['IDAT', deflateSync(Buffer.from(rows.flat()))], ['IEND', Buffer.alloc(0)]] // biome-ignore format: a table
  const parts = chunks.map(([name, data]) => {
    const body = Buffer.concat([Buffer.from(name), data])
    const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    crc.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, crc])
  })
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts])
}
