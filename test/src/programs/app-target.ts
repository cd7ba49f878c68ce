/** A target as an app may have it: appends each line to `to`, behind `tag`. */
import { appendFileSync } from 'node:fs'
import build from 'pino-abstract-transport'

interface Options {
  to: string
  tag?: string
  /** Wait for pino's configuration and write the level's label from it. */
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
