import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { StdoutOptions } from 'pino-rank-stdout'
import t from 'tap'
import { mpis } from './mpi.ts'

const rank = fileURLToPath(new URL('./programs/mpi-rank.js', import.meta.url))
const options: StdoutOptions = { merge: 'always', collector: { lingerMs: 30_000 } }

for (const [name, [command = '', ...args]] of Object.entries(mpis)) {
  const skip = existsSync(command) ? false : `needs ${name}`
  t.test(`mpirun of ${name}: a collector in the first rank merges the lines of 4 ranks`, { skip }, async (t) => {
    const sockets = mkdtempSync(join(tmpdir(), 'rs-'))
    t.teardown(() => rmSync(sockets, { recursive: true }))
    const env = { PATH: process.env.PATH, RANKLOG_RUN_ID: `mpi-${process.pid}`, RANKLOG_SOCKET_DIR: sockets }
    const { stdout } = await promisify(execFile)(
      command,
      [...args, '-n', '4', process.execPath, rank, JSON.stringify(options)],
      { env, maxBuffer: 2 ** 26 },
    )
    const lines = stdout.trimEnd().split('\n')
    t.strictSame(
      lines.filter((line) => !/^\{.*\}$/.test(line)),
      [],
      'no line is torn',
    )
    const found = lines.map((line) => JSON.parse(line))
    for (const rank of [0, 1, 2, 3]) {
      const own = found.filter((record) => record.rank === rank)
      t.equal(own.length, 4000, `rank ${rank}: each line once`)
      t.ok(
        own.every(({ seq }, at) => seq === at),
        `rank ${rank}: in order`,
      )
    }
    let [latest, behind] = [0, 0]
    for (const { time } of found) {
      if (time < latest) behind++
      latest = Math.max(latest, time)
    }
    t.ok(behind < found.length / 20, `few lines follow one with a later time: ${behind} of ${found.length}`)
  })
}
