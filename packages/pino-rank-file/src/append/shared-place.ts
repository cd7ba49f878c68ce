import { type FileSystem, fileSystemOf } from 'pino-rank-lines/system'
import type { SharedFile } from './shared-file.ts'

const reportedPaths = new Set<string>()

/**
 * Returns the path that this rank writes to: `path`, or a file of its own if appends of several ranks could tear lines.
 *
 * On NFS and SMB the kernel orders the appends of one host, as on a local disk. So a job on one host shares its file
 * there. On FUSE it never does, because some FUSE file systems upload the file as one process last saw it.
 *
 * @param report called on rank 0, once for each path, with the reason for the additional files
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
    const why = kind === 'fuse' ? 'several processes may lose lines' : 'several hosts overwrite each other'
    report(`on ${name}, where appends of ${why}: ranks outside "ranks" write their errors to ${errorFiles(own)}`)
  }
  return open ? path : own
}

function errorFiles(own: string): string {
  return own.replace(/(?<=\.errors\.rank-)\d+/, 'N')
}
