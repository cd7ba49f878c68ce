/** A program that computes until its parent has ended. */
import { compute } from '../../packages/ranklog-bench/dist/ranks/compute.js'

/** Takes some milliseconds. Between two computations the event loop turns, so that 'disconnect' is emitted. */
const rounds = 5_000_000

process.on('disconnect', () => process.exit())
process.send?.('busy')
const loop = () => {
  compute(rounds)
  setImmediate(loop)
}
loop()
