import t from 'tap'
import type { Task } from '../trainer/callback.ts'
import type { ParameterValues } from '../trainer/strategy.ts'
import { RankZeroCalls } from './rank-zero-calls.ts'

t.test('the parameters belong to the fit whose result follows them', async (t) => {
  const [first, second, third] = [1, 2, 3].map((value) => ({ shape: [1], values: Float32Array.of(value) }))
  const calls = new RankZeroCalls()
  const add = (task: Task, ...parameters: (ParameterValues | undefined)[]) => {
    for (const parameter of parameters) calls.add({ ddp: 'parameter', parameter: parameter as ParameterValues })
    const metrics = { callback: {}, logged: {}, progressBar: {} }
    calls.add({ ddp: 'result', result: { task, rows: [], currentEpoch: 0, globalStep: 0, metrics, checkpoints: [] } })
  }
  add('fit', first, second)
  add('test')
  add('fit', third)
  t.strictSame(calls.next('fit').parameters, [first, second])
  t.strictSame(calls.next('test').parameters, [])
  t.throws(() => calls.next('predict'), /call 3 in the parent is predict, but that of rank 0 was fit/)
  t.strictSame(calls.next('fit').parameters, [third])
})
