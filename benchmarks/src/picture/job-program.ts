/** Starts the four ranks of the job in the picture. A step begins after all ranks have ended the one before. */
import { type ChildProcess, fork } from 'node:child_process'
import { rankEnvironment } from '../start-process.ts'

const worldSize = 4
const program = new URL('./rank-program.js', import.meta.url)
const ranks = Array.from({ length: worldSize }, (_, rank) =>
  fork(program, process.argv.slice(2), { env: rankEnvironment({ rank, worldSize }), execArgv: [] }),
)

let waiting: ChildProcess[] = []
for (const rank of ranks) {
  rank.on('message', () => {
    waiting.push(rank)
    if (waiting.length < worldSize) return
    const all = waiting
    waiting = []
    for (const other of all) other.send('go')
  })
  rank.on('exit', (code) => {
    if (code !== 0) process.exitCode = 1
  })
}
