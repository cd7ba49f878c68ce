/** Logs 1000 records to the file that it is given, to which the system will not let it write them all. */
import pino from 'pino'
import { fileStream } from 'pino-rank-file'

const log = pino({}, fileStream({ path: process.argv[2] as string }))
for (let seq = 0; seq < 1000; seq++) log.info({ seq })
