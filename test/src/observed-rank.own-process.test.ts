/** The properties of a rank that `ranklog run` reads from the system: its CPU time, and whether its writes block. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type Load, loadOf } from '../../packages/ranklog/dist/run/rank-load.js'
import { closeEnds, type RankPipe, rankPipes } from '../../packages/ranklog/dist/run/rank-pipes.js'
import { flagsOf, WriteMode } from '../../packages/ranklog/dist/run/write-mode.js'
import { node, startProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'

const skip = process.platform !== 'linux'

t.test('the CPU time of a process that computes grows, even if a shell started it', { skip }, async (t) => {
  // not every kernel lists the children of a process
  for (const behind of existsSync(`/proc/self/task/${process.pid}/children`) ? [false, true] : [false]) {
    const program = [...node, '-e', `process.stdout.write('.'); for (;;);`]
    const command = behind ? ['sh', '-c', '"$@"; true', 'sh', ...program] : program
    const { pid, stdout, exit } = startProcess(t, command, { detached: true })
    await stdout.until(/./)
    const before = loadOf(pid) as Load
    await until(() => (loadOf(pid) as Load).usedMs >= before.usedMs + 20)
    t.equal(loadOf(pid)?.isRunnable, true)
    process.kill(-pid, 'SIGKILL')
    await exit
    t.equal(loadOf(pid), undefined)
  }
})

t.test('writes of a shell to its pipe block, and those of a Node program do not', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wm-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const [command, blocks] of [
    [['sh', '-c', 'echo .; read line'], true],
    [[...node, '-e', 'process.stdout.write("."); process.stdin.resume()'], false],
  ] as const) {
    const [pipe] = rankPipes(1, folder) as [RankPipe]
    const rank = startProcess(t, command, { stdout: pipe.fd })
    closeEnds([pipe])
    for await (const _ of pipe.reader) {
      t.equal(new WriteMode(() => flagsOf(rank.pid, 1)).isBlocking, blocks, command.join(' '))
      rank.stdin.end('\n')
    }
    await rank.exit
  }
})
