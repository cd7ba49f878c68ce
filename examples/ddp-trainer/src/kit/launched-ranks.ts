// A program for tests: `launch` starts it as two ranks, which do nothing but end. The command line says how.
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { launch } from '../ranks/launch.ts'
import { parentLink, type RankMessage, ringVariable } from '../ranks/parent-link.ts'

export type Ending = 'one ignores SIGTERM' | 'the follower ends first' | 'only with their parent'

const [ending, folder = ''] = process.argv.slice(2) as [Ending, string]
const ready = join(folder, 'ready')

/** Resolves when the other rank has installed its handlers. */
async function otherIsReady(): Promise<void> {
  while (!existsSync(ready)) await setTimeout(1)
}

const ranks: Record<Ending, (rank: number) => Promise<void>> = {
  async 'one ignores SIGTERM'(rank) {
    process.on('SIGTERM', () => {})
    setInterval(() => {}, 1000)
    if (rank === 0) writeFileSync(ready, '')
    else {
      await otherIsReady()
      process.kill(process.pid, 'SIGKILL')
    }
  },
  async 'the follower ends first'(rank) {
    if (rank === 1) {
      process.on('SIGTERM', () => process.exit(3))
      setInterval(() => {}, 1000)
      writeFileSync(ready, '')
    } else {
      await otherIsReady()
      const message: RankMessage = { ddp: 'failed', message: 'NeighbourLost: rank 0 lost rank 1', isConsequence: true }
      process.send?.(message, () => process.exit(1))
    }
  },
  async 'only with their parent'() {
    setInterval(() => {}, 1000)
  },
}

const directory = process.env[ringVariable]
if (directory === undefined)
  await launch(
    2,
    () => {},
    () => {},
  )
else {
  parentLink() // ends this process when the parent has ended
  process.stdout.write(`pid ${process.pid}\nring ${directory} ${(statSync(directory).mode & 0o777).toString(8)}\n`)
  await ranks[ending](Number(process.env.RANK))
}
