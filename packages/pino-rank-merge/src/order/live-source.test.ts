import t from 'tap'
import { layoutOf, liveShape } from '../kernel/layout.ts'
import { kernelOf } from '../kernel/wasm-kernel.ts'
import { LiveSource } from './live-source.ts'
import { Planner } from './planner.ts'
import { ReorderWindow } from './reorder-window.ts'
import { start } from './simulated-clock.test-kit.ts'
import { lineAt } from './simulated-ranks.test-kit.ts'
import { SourceReader } from './source-reader.ts'

const windowMs = 250

/** Returns a source that delivered a line at `start`, and is read again at `start + 1000`. */
function readAgain(): LiveSource {
  const layout = layoutOf(1, 2 ** 20, liveShape)
  const planner = new Planner(1, kernelOf(layout.size), layout, 'time')
  const nothingMore = new Promise<IteratorResult<Uint8Array>>(() => {})
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => nothingMore }) }
  const source = new LiveSource(new SourceReader(silent, 0, planner), planner, 0)
  source.read(start)
  source.take({ value: Buffer.from(lineAt(start)), done: false }, start)
  source.deliver(windowMs)
  source.read(start + 1000)
  return source
}

t.test('the silence of a source counts only turns of the event loop that began after it was read', async (t) => {
  const source = readAgain()
  const window = new ReorderWindow({ ms: windowMs, maxMs: windowMs })
  for (const [turnMs, horizon, what] of [
    [500, -Infinity, 'the turn began long before the read'],
    [990, -Infinity, 'the turn began just before the read'],
    [1000, -Infinity, 'the turn began with the read'],
    [1249, -Infinity, 'silent for less than the window'],
    [1250, start + 1000, 'silent for the window'],
  ] as const)
    t.equal(source.horizon({ lastTurn: start + turnMs, window, isStart: false }), horizon, what)
})
