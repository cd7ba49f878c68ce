/** Computes until its parent is gone. */
import { compute } from '../../packages/ranklog-bench/dist/ranks/compute.js'

/** Some milliseconds: the loop turns that seldom, and sees then that the parent is gone. */
const rounds = 5_000_000

process.on('disconnect', () => process.exit())
process.send?.('busy')
const loop = () => {
  compute(rounds)
  setImmediate(loop)
}
loop()
