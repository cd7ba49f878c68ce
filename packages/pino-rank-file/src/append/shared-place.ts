import { type FileSystem, fileSystemOf } from 'pino-rank-lines/system'
import type { SharedFile } from './shared-file.ts'

const reportedPaths = new Set<string>()

/**
 * Returns where this rank writes: `path`, or its own file if appends to `path` would be torn.
 *
 * The processes of one host are one client of an NFS or SMB server. Their kernel orders appends, as on a local disk, so
 * a job on one host shares its file there. On FUSE it never does, because some FUSE programs upload a file as each
 * process left it.
 *
 * @param report called once a process on rank 0, with the reason for more files
 */
export function sharedPlace(
  path: string,
  { own, open, oneHost, isReporter }: SharedFile,
  report: (what: string) => void,
  probe: (path: string) => FileSystem = fileSystemOf,
): string {
  const { name, kind } = probe(path)
  if (kind === 'local' || kind === 'coherent' || (kind === 'network' && oneHost)) return path
  if (isReporter && !reportedPaths.has(path)) {
    reportedPaths.add(path)
    const why = kind === 'fuse' ? 'several processes may lose lines' : 'several hosts tear'
    report(`on ${name}, where appends of ${why}: ranks outside "ranks" write their errors to ${errorFiles(own)}`)
  }
  return open ? path : own
}

function errorFiles(own: string): string {
  return own.replace(/(?<=\.errors\.rank-)\d+/, 'N')
}
