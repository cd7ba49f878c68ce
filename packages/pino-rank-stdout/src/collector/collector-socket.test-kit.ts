import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { CollectorSocket, type CollectorSocketOptions } from './collector-socket.ts'
import { ackBytes, type Hello } from './protocol.ts'

/** One connection of a rank, as the collector sees it: a handshake, lines, and the acknowledgements that come back. */
export class TestRank {
  readonly socket: Socket
  readonly #acks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(t: Test, path: string, hello: Partial<Hello> | string) {
    this.socket = connect(path)
    t.teardown(() => this.socket.destroy())
    const whole = { rank: 0, pid: 1, out: '1:1', merge: 'always', ...(typeof hello === 'object' && hello) }
    this.socket.write(`${typeof hello === 'string' ? hello : JSON.stringify(whole)}\n`)
    this.#acks = this.socket[Symbol.asyncIterator]()
  }

  /** Returns the next acknowledgement, or undefined at the end of the connection. */
  async ack(): Promise<number | undefined> {
    while (this.#rest.length < ackBytes) {
      const { value, done } = await this.#acks.next()
      if (done) return undefined
      this.#rest = Buffer.concat([this.#rest, value])
    }
    const ack = this.#rest.readDoubleLE(0)
    this.#rest = this.#rest.subarray(ackBytes)
    return ack
  }

  async send(text: string): Promise<void> {
    await new Promise((sent) => this.socket.write(text, sent))
  }
}

/** A listening collector, with functions to connect ranks and to read its slots. */
export interface Bench {
  collector: CollectorSocket
  path: string
  /** Connects a rank. @param hello its handshake: fields that differ from the usual ones, or any text */
  rank(hello: Partial<Hello> | string): TestRank
  /** Returns the next bytes of a slot. */
  next(slot: number): Promise<string | undefined>
  warnings: string[]
  named: [number, string][]
}

/** Starts a collector. @param isRead true if its slots are read, as by a merge */
export async function bench(
  t: Test,
  options: Partial<CollectorSocketOptions> = {},
  isRead: boolean = true,
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'cs-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 's.sock')
  const warnings: string[] = []
  const named: [number, string][] = []
  const collector = new CollectorSocket({
    ranks: 2,
    isOurs: () => true,
    warn: (text) => warnings.push(text),
    ...options,
  })
  collector.onNamed = (slot, name) => named.push([slot, name])
  t.teardown(() => collector.destroy())
  t.ok(await collector.listen(path))
  const readers = collector.slots.map((slot) => slot[Symbol.asyncIterator]())
  const pending: Promise<IteratorResult<Uint8Array>>[] = []
  /** Reads from all slots, as a merge does. */
  const read = () => {
    for (const [slot, reader] of readers.entries()) pending[slot] ??= reader.next()
  }
  const next = async (slot: number): Promise<string | undefined> => {
    read()
    const { value, done } = await (pending[slot] as Promise<IteratorResult<Uint8Array>>)
    delete pending[slot]
    const text = done ? undefined : Buffer.from(value).toString()
    read()
    return text
  }
  if (isRead) read()
  const rank = (hello: Partial<Hello> | string) => new TestRank(t, path, hello)
  return { collector, path, rank, next, warnings, named }
}
