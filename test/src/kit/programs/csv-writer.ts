/** Writes metrics of its own names to a CSV file, and ends, each when its parent asks for it: `path name options`. */
import { once } from 'node:events'
import { csvStream } from 'pino-csv-metrics'

const [path = '', name = '', options = '{}'] = process.argv.slice(2)
const stream = csvStream({ path, ...JSON.parse(options) })
let step = 0
const deeds: Record<string, () => void> = {
  hparams: () => stream.write(`${JSON.stringify({ hparams: { writer: name } })}\n`),
  row: () => stream.write(`${JSON.stringify({ metrics: { [`${name}/${step % 3}`]: step }, step: step++ })}\n`),
  end: () => stream.end(),
}
process.on('message', async (deed: string) => {
  const closed = deed === 'end' ? once(stream, 'close') : undefined
  deeds[deed]?.()
  if (closed) await closed
  else stream.flushSync()
  process.send?.(deed, () => deed === 'end' && process.disconnect())
})
process.send?.('up')
