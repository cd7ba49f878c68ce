import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { closeEnds, type RankPipe, rankPipes } from './rank-pipes.ts'
import { flagsOf, WriteMode } from './write-mode.ts'

t.test(
  'the flags are read again after 100 ms, more rarely while they stay the same, and unknown flags mean non-blocking',
  async (t) => {
    let [now, flags]: [number, number | undefined] = [0, 0o1]
    const mode = new WriteMode(
      () => flags,
      () => now,
    )
    t.equal(mode.isBlocking, true)
    flags = 0o4001
    now = 99
    t.equal(mode.isBlocking, true)
    now = 100
    t.equal(mode.isBlocking, false)
    flags = undefined
    now = 200
    t.equal(mode.isBlocking, false)
    flags = 0o1
    now = 399
    t.equal(mode.isBlocking, false)
    now = 400
    t.equal(mode.isBlocking, true)
    t.equal(flagsOf(2 ** 30, 1), undefined)
  },
)

t.test(
  'a shell is blocked by its pipe, a program of Node is not',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'wm-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    for (const [command, blocks] of [
      [['sh', '-c', 'echo .; read line'], true],
      [[process.execPath, '-e', 'process.stdout.write("."); process.stdin.resume()'], false],
    ] as const) {
      const [pipe] = rankPipes(1, folder) as [RankPipe]
      const [program, ...args] = command
      const child = spawn(program, args, { stdio: ['pipe', pipe.fd, 'ignore'] })
      const exit = once(child, 'exit')
      closeEnds([pipe])
      for await (const _ of pipe.reader) {
        t.equal(new WriteMode(() => flagsOf(child.pid, 1)).isBlocking, blocks, program)
        child.stdin?.end('\n')
      }
      await exit
    }
  },
)
