/** Logs 1000 records to a file. The test limits the size of the file, so that not all of them fit. */
import pino from 'pino'
import { fileStream } from 'pino-rank-file'

const log = pino({}, fileStream({ path: process.argv[2] as string }))
for (let seq = 0; seq < 1000; seq++) log.info({ seq })
