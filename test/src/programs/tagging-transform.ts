/** A pipeline step that adds `tagged` to each record. */
import { Transform } from 'node:stream'
import build from 'pino-abstract-transport'

export default function tag(): unknown {
  const tagging = new Transform({
    autoDestroy: true,
    objectMode: true,
    transform(record, _, done) {
      done(null, `${JSON.stringify({ ...record, tagged: true })}\n`)
    },
  })
  return build((source) => source.pipe(tagging) as never, { enablePipelining: true } as never)
}
