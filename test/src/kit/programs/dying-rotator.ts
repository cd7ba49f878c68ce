/** Writes one line, and kills itself in a rotation after `calls` links, renames and unlinks. Usage: `writer path calls`. */
import { openSync, writeSync } from 'node:fs'
import { systemRotationDisk } from '../../../../packages/pino-rank-file/dist/rotation/rotation-disk.js'
import { RotationProtocol } from '../../../../packages/pino-rank-file/dist/rotation/rotation-protocol.js'
import { runSteps } from '../../../../packages/pino-rank-file/dist/rotation/steps.js'

const [writer, path, calls] = process.argv.slice(2) as [string, string, string]
let left = Number(calls)

function count(): void {
  if (left-- === 0) process.kill(process.pid, 'SIGKILL')
}

const protocol = new RotationProtocol(
  path,
  'numbered',
  {
    ...systemRotationDisk,
    link(from, to) {
      count()
      return systemRotationDisk.link(from, to)
    },
    rename(from, to) {
      count()
      return systemRotationDisk.rename(from, to)
    },
    unlink(name) {
      count()
      systemRotationDisk.unlink(name)
    },
  },
  Date.now,
)
writeSync(openSync(path, 'a'), `{"writer":${writer},"seq":0}\n`)
for (;;) {
  const here = systemRotationDisk.stat(path)
  if (here && here.size > 0) runSteps(protocol.rotate(here))
}
