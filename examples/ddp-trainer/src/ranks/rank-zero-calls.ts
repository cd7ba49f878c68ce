import type { Task } from '../trainer/callback.ts'
import type { ParameterValues } from '../trainer/strategy.ts'
import type { RankZeroMessage, TaskResult } from './parent-link.ts'

/** A call of rank 0. `parameters` is empty unless it was a fit. */
export type RankZeroCall = TaskResult & { parameters: ParameterValues[] }

const fix = 'make the same calls in the same order in the parent and on the ranks'

/**
 * In the parent: the calls of `fit`, `validate`, `test` and `predict` that rank 0 made, and their results. The parameters of each fit
 * stay in memory until the parent makes the same call.
 */
export class RankZeroCalls {
  readonly #pending: RankZeroCall[] = []
  #parameters: ParameterValues[] = []
  /** Number of calls whose results were returned. */
  #made = 0

  /** Adds a message of rank 0. The parameters come before the result of their call. */
  add(message: Extract<RankZeroMessage, { ddp: 'parameter' | 'result' }>): void {
    if (message.ddp === 'parameter') this.#parameters.push(message.parameter)
    else {
      this.#pending.push({ ...message.result, parameters: this.#parameters })
      this.#parameters = []
    }
  }

  /** Returns the result of the next call. @throws {Error} if rank 0 did not make this call */
  next(task: Task): RankZeroCall {
    const number = this.#made + 1
    const [call] = this.#pending
    if (!call)
      throw new Error(
        `Trainer: call ${number} in the parent is ${task}, but rank 0 made only ${this.#made} calls; ${fix}`,
      )
    if (call.task !== task)
      throw new Error(`Trainer: call ${number} in the parent is ${task}, but that of rank 0 was ${call.task}; ${fix}`)
    this.#pending.shift()
    this.#made = number
    return call
  }
}
