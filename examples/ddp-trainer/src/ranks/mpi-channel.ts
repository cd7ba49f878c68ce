import type { Mpi, MpiRequest } from './mpi-library.ts'
import { pieceBytes, type RingChannel } from './ring-channel.ts'

/** Number of turns of the event loop in which a waiting rank polls MPI again at once. MPI makes progress only when it is polled. */
const spins = 50

/** Time between two polls after these turns, in ms. */
const pollMs = 1

/** A pending send or receive. */
interface Operation {
  request: MpiRequest
  /** MPI reads or writes it until the request is complete. */
  array: Uint8Array
  resolve: () => void
  reject: (error: Error) => void
}

/**
 * Messages of MPI to the next rank and from the previous one. Polls MPI while a call is pending, and lets the event loop turn between
 * two polls.
 */
export class MpiChannel implements RingChannel {
  receivedBytes = 0
  readonly #mpi: Mpi
  readonly #onClose: () => void
  readonly #next: number
  readonly #previous: number
  #sends: Operation[] = []
  #receives: Operation[] = []
  #error: Error | undefined
  #isRef = false
  #isScheduled = false
  #idleTurns = 0

  /** @param onClose called when this rank has failed */
  constructor(mpi: Mpi, onClose: () => void) {
    const { rank, worldSize } = mpi
    this.#mpi = mpi
    this.#onClose = onClose
    this.#next = (rank + 1) % worldSize
    this.#previous = (rank + worldSize - 1) % worldSize
  }

  async send(...arrays: Uint8Array[]): Promise<void> {
    const start = (array: Uint8Array) => this.#start(this.#sends, array, this.#mpi.send(array, this.#next))
    await this.#run(() => arrays.flatMap(pieces).map(start))
  }

  async receive(into: Uint8Array): Promise<void> {
    const start = (array: Uint8Array) => this.#start(this.#receives, array, this.#mpi.receive(array, this.#previous))
    await this.#run(() => pieces(into).map(start))
  }

  setRef(isRef: boolean): void {
    this.#isRef = isRef
    this.#idleTurns = 0
    this.#schedule()
  }

  fail(error: Error): void {
    this.#error ??= error
    // the requests stay active, so their arrays stay referenced
    for (const { reject } of [...this.#sends, ...this.#receives]) reject(this.#error)
  }

  close(): void {
    this.fail(new Error('the channel is closed'))
    this.#onClose()
  }

  /** Cancels the receives that nobody waits for. MPI_Finalize requires it. */
  cancelReceives(): void {
    for (const { request } of this.#receives) this.#mpi.cancel(request)
    this.#receives = []
  }

  async #run(start: () => Promise<void>[]): Promise<void> {
    if (this.#error) throw this.#error
    const started = Promise.all(start())
    this.#poll()
    this.#schedule()
    await started
  }

  #start(operations: Operation[], array: Uint8Array, request: MpiRequest): Promise<void> {
    return new Promise((resolve, reject) => operations.push({ request, array, resolve, reject }))
  }

  /** Tests the requests in the order in which they were started. MPI does not let a message overtake another one. */
  #poll(): void {
    this.#idleTurns++
    try {
      this.receivedBytes += this.#complete(this.#receives)
      this.#complete(this.#sends)
    } catch (error) {
      this.fail(error as Error)
    }
  }

  /** Removes the operations that are complete, and resolves them. Returns the number of their bytes. */
  #complete(operations: Operation[]): number {
    let bytes = 0
    for (let [first] = operations; first && this.#mpi.test(first.request); [first] = operations) {
      operations.shift()
      first.resolve()
      bytes += first.array.length
      this.#idleTurns = 0
    }
    return bytes
  }

  #schedule(): void {
    if (!this.#isRef || this.#isScheduled || this.#sends.length + this.#receives.length === 0) return
    this.#isScheduled = true
    const poll = () => {
      this.#isScheduled = false
      this.#poll()
      this.#schedule()
    }
    if (this.#idleTurns < spins) setImmediate(poll)
    else setTimeout(poll, pollMs)
  }
}

/** Returns parts of an array of at most `pieceBytes`, so that the receiver can use the first ones early. None if it is empty. */
function pieces(array: Uint8Array): Uint8Array[] {
  const count = Math.ceil(array.length / pieceBytes)
  return Array.from({ length: count }, (_, piece) => array.subarray(piece * pieceBytes, (piece + 1) * pieceBytes))
}
