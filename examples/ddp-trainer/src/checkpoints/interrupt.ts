import type { Collectives } from '../ranks/collectives.ts'
import { endBySignal, onFirstSignal, type StopSignal } from '../ranks/exit-at-signals.ts'
import { VoteCarrier } from '../ranks/vote-carrier.ts'
import type { LoopContext } from '../trainer/loop-context.ts'
import { ModelCheckpoint } from './model-checkpoint.ts'

/**
 * The vote of a rank for each signal. A vote of SIGTERM is larger than the votes of SIGINT of all ranks together, so the sum shows
 * whether any rank got SIGTERM.
 */
const votes: Record<StopSignal, number> = { SIGINT: 1, SIGTERM: 2 ** 16 }

/**
 * Ends a fit after the first SIGINT or SIGTERM: the ranks agree on a batch, save `last.ckpt` of the first `ModelCheckpoint`, and end by
 * the signal. Each rank sends its vote to the others, so a signal to one rank is enough. {@link VoteCarrier} sends the votes with the
 * gradients if it can.
 */
export class Interrupt {
  /** What the strategy uses, so that its sums carry the votes. */
  readonly carrier: VoteCarrier
  readonly #context: () => LoopContext
  #received: StopSignal | undefined
  #agreed: StopSignal | undefined

  constructor(context: () => LoopContext, collectives: Collectives) {
    this.#context = context
    this.carrier = new VoteCarrier(collectives)
  }

  /** From now on, the first signal asks the ranks to save and end. Without a `ModelCheckpoint`, a signal ends this process at once. */
  listen(): () => void {
    if (!this.#checkpoint) return () => {}
    const receive = (signal: StopSignal) => {
      this.#received = signal
    }
    return onFirstSignal(receive, this.#context().options.saveTimeoutMs)
  }

  /** Runs a call in which the ranks sum gradients, and lets them agree with the same messages. All ranks must call it. */
  async exchange(call: () => Promise<void> = async () => {}): Promise<void> {
    if (!this.#checkpoint) return call()
    this.carrier.setVote(this.#received ? votes[this.#received] : 0)
    await call()
    const total = await this.carrier.sumOfVotes()
    if (total > 0) this.#agreed ??= total >= votes.SIGTERM ? 'SIGTERM' : 'SIGINT'
  }

  /** Lets the ranks agree, and ends them if one of them got a signal. All ranks must call it at the same places. */
  async check(): Promise<void> {
    await this.exchange()
    await this.endIfAgreed()
  }

  /** If the ranks have agreed to end: saves a checkpoint, waits until rank 0 has written it, and ends this process by the signal. */
  async endIfAgreed(): Promise<void> {
    const signal = this.#agreed
    const checkpoint = this.#checkpoint
    if (!signal || !checkpoint) return
    const { trainer, collectives } = this.#context()
    const path = await checkpoint.saveLast(this.#context())
    await collectives.barrier({ what: 'ends after a signal' })
    const { currentEpoch: epoch, globalStep: step } = trainer
    trainer.warn(`${signal}: saved ${path} at step ${step}; continue with ckptPath: 'last'`, { signal, epoch, step })
    endBySignal(signal)
    await new Promise(() => {}) // endBySignal does not return, unless a program has replaced process.exit
  }

  get #checkpoint(): ModelCheckpoint | undefined {
    const { callbacks = [] } = this.#context().options
    return callbacks.find((callback) => callback instanceof ModelCheckpoint)
  }
}
