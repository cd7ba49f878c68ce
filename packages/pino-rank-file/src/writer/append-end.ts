import { AppendFile } from './append-file.ts'
import type { FilePlace } from './disk.ts'
import { reportLine } from './report-line.ts'

/** All that makes an {@link AppendFile}; it can be sent to a thread. */
export interface AppendEndSettings extends FilePlace {
  /** Who speaks in its reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** Power loss is to be outlived. */
  durable: boolean
}

/** The append end of a file, as the options of a sink describe it. */
export function appendEnd(settings: AppendEndSettings): AppendFile {
  const { name, durable } = settings
  const truncated = () =>
    reportLine(
      `${name}: cut short by another program; lines between its copy and its cut are lost: let it rename instead`,
    )
  return new AppendFile(settings, { durable, truncated })
}
