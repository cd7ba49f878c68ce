/**
 * A spool: records on disk that still have to be sent, one record a line, one file for each queue. Several processes, containers
 * and hosts may share the folder.
 *
 *     push ─► SpoolQueue ─► SpoolFile ─► unsent ─► the caller sends ─► sentTo, trim
 *             (when?)       (one holder)
 *                           SpoolFolder ─► claimOrphaned: the files of dead processes
 *
 * A file has one holder at a time, and its name identifies the holder: a process by host, boot, PID namespace, number and start
 * time, or `free`. A process takes a file by renaming it once, to a name of its own. So exactly one of several claimers succeeds,
 * and a killed process leaves no lock.
 *
 * If this system can see the holder, it knows whether the holder is alive. All other holders have a lease: a holder renews the
 * mtime of its file. A file that was not renewed during the lease, by the clock of its own folder, belongs to a dead process. A
 * holder that was only suspended notices that its file was taken, and continues in a new one.
 */
export type { SpoolFile, SpoolLine } from './spool-file.ts'
export { SpoolFolder, type SpoolFolderOptions } from './spool-folder.ts'
export { SpoolQueue, type SpoolQueueOptions, type UnsentRecord } from './spool-queue.ts'
