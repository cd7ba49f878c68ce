/** Fills the small disk `dir`, logs 2000 records to it, prints the error and the drops of its stream, makes room and ends. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { fileStream } from 'pino-rank-file'

const dir = process.argv[2] as string
const filler = join(dir, 'filler')
writeFileSync(filler, Buffer.alloc(200 * 1024))
const stream = fileStream({ path: join(dir, 'train.log') })
const log = pino({}, stream)
for (let seq = 0; seq < 2000; seq++) log.info({ seq })
stream.flush((error) => {
  console.log(JSON.stringify({ code: (error as NodeJS.ErrnoException)?.code, drops: stream.stats().drops }))
  rmSync(filler)
})
