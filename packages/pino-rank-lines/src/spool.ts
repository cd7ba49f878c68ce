/** For authors of sinks that send: records on disk that still have to be sent. */
export type { SpoolFile, SpoolFolderOptions, SpoolLine, SpoolQueueOptions, UnsentRecord } from './spool/index.ts'
export { SpoolFolder, SpoolQueue } from './spool/index.ts'
