/** A target of an app, which appends each record to the file `to` as a line of text after `tag`. */
import { appendFileSync } from 'node:fs'
import build from 'pino-abstract-transport'

interface Options {
  to: string
  tag?: string
  /** True: waits for pino's configuration, and writes the label of the level instead of its number. @default false */
  labels?: boolean
}

export default function appTarget({ to, tag = '', labels = false }: Options): unknown {
  const label = (level: number, levels: Record<string, number> = {}) =>
    Object.keys(levels).find((name) => levels[name] === level)
  return build(
    async (source) => {
      const { levels } = source as { levels?: { values: Record<string, number> } }
      for await (const record of source) {
        const { level, rank, msg, ...rest } = record
        const { time, pid, hostname, ...more } = rest
        const name = labels ? label(level, levels?.values) : level
        appendFileSync(
          to,
          `${tag}${name} ${rank} ${msg}${Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : ''}\n`,
        )
      }
    },
    { expectPinoConfig: labels },
  )
}
