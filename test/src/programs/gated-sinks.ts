import { join } from 'node:path'
import type { RankTransport } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'
import { stdoutStream } from 'pino-rank-stdout'

/** Returns a transport by its name. Its files are in `dir`, and rank 1 writes only errors to it. */
export function gatedSink(name: string, dir: string): RankTransport {
  const path = join(dir, 'train.log')
  const sinks: Record<string, () => RankTransport> = {
    'pino-rank-file': () => ({ target: 'pino-rank-file', options: { path } }),
    'pino-rank-split': () => ({ target: 'pino-rank-split', ranks: '0', options: { path } }),
    'pino-rank-stdout': () => ({ target: 'pino-rank-stdout', ranks: '0' }),
    'pino/file': () => ({ target: 'pino/file', options: { destination: path } }),
    fileStream: () => ({ stream: fileStream({ path }) }),
    splitStream: () => ({ ranks: '0', stream: splitStream({ path }) }),
    stdoutStream: () => ({ ranks: '0', stream: stdoutStream() }),
    several: () => ({
      targets: [
        { target: 'pino-rank-file', options: { path } },
        { target: 'pino-rank-split', ranks: '0', options: { path } },
        { target: 'pino/file', others: 'silent', options: { destination: path } },
      ],
    }),
  }
  const sink = sinks[name]
  if (!sink) throw new Error(`no sink ${name}`)
  return sink()
}
