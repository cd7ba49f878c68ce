import { EventEmitter } from 'node:events'
import type { ThreadStream } from '../pino-internals.ts'
import { LazyTransport } from './lazy-transport.ts'

/** A test double of pino's transport. The test controls what its thread does. */
export class FakeThread extends EventEmitter implements ThreadStream {
  ready = false
  writable = true
  worker: EventEmitter = new EventEmitter()
  text = ''

  write(line: string): boolean {
    this.text += line
    return true
  }

  flush(done?: (error?: Error | null) => void): void {
    done?.()
  }

  /** The error that `flushSync` throws. Undefined: none. */
  refusal: string | undefined

  flushSync(): void {
    if (this.refusal) throw new Error(this.refusal)
  }

  end(): void {}

  /** Simulates that the thread has loaded its target. */
  load(): void {
    this.emit('ready')
  }
}

export interface LazyStart {
  transport: LazyTransport
  threads: FakeThread[]
  state: { refused?: string | undefined; ready?: boolean }
}

/**
 * Returns a lazy transport and the threads that it started. `refused`: the error of a start; `ready`: whether a thread is ready
 * at once.
 */
export function lazy(): LazyStart {
  const threads: FakeThread[] = []
  const state: LazyStart['state'] = {}
  const transport = new LazyTransport(() => {
    if (state.refused) throw new Error(state.refused)
    const thread = Object.assign(new FakeThread(), { ready: state.ready ?? false })
    threads.push(thread)
    return thread
  })
  return { transport, threads, state }
}
