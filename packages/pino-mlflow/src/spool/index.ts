/**
 * A spool: lines on disk that still have to be sent, one file for each run, in a folder that several processes, containers and
 * hosts may share.
 *
 * A file has one holder at a time, and its name tells which: a process by host, boot, process-number namespace, number and start
 * time, or `free`. Taking a file is one rename to a name of one's own, so of several claimers exactly one succeeds, and there is no
 * lock that a killed process could leave. A holder that this system can see is alive or gone. Of any other holder the lease decides:
 * a holder renews the mtime of its file, and a file that was not renewed for 20 s, by the clock of its own folder, belongs to a
 * dead process. A holder that only slept notices that its file was taken, and continues in a new one.
 */
export { SpoolFile } from './spool-file.ts'
export { SpoolFolder, type SpoolFolderOptions } from './spool-folder.ts'
