import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Message, receiveMessage, sendMessage } from './socket-message.ts'
import { addressText, type TcpAddress } from './tcp-address.ts'
import { listen, socketOptions } from './tcp-sockets.ts'

/** What all ranks of a ring have in common. */
export interface RingJob {
  runKey: string
  attempt: number
  worldSize: number
}

/** What a rank sends to rank 0. */
export interface Registration extends RingJob {
  rank: number
  /** The port at which this rank listens, on the address from which it sends this. */
  port: number
  /** The next rank must present it when it connects to that port. */
  key: string
}

/** The response of rank 0: where the previous rank listens, and the key that it expects. */
export interface Placement {
  previous: TcpAddress
  key: string
}

/**
 * The response of rank 0 to a rank that gets no place in the ring. `lost`: another rank is missing or has ended. `refused`: this rank
 * belongs to another job or attempt, or another process has the same rank. `retry`: rank 0 is still in an earlier attempt.
 */
export interface Failure {
  kind: 'lost' | 'refused' | 'retry'
  reason: string
}

interface Member {
  socket: Socket
  address: TcpAddress
  key: string
}

/** Time in which a connection must register, in ms. */
const registrationMs = 10_000

/** Number of missing ranks that an error names. */
const maxNamed = 16

/** Number of characters of a run key that an error has. */
const maxRunKeyText = 100

/**
 * The server on rank 0 at which all ranks register, rank 0 too. When the last one has registered, each gets the port of its previous rank.
 * If a rank is missing after `timeoutMs`, or a registered rank ends, all get the reason. Other connections are closed.
 */
export class Rendezvous {
  readonly #job: RingJob
  readonly #address: TcpAddress
  readonly #server: Server
  readonly #closed = new AbortController()
  readonly #members = new Map<number, Member>()
  readonly #timer: NodeJS.Timeout
  /** Why the last refused rank got no place: a sentence of the error after the timeout. */
  #refusal = ''
  #failure: Failure | undefined
  #isComplete = false

  private constructor(address: TcpAddress, job: RingJob, timeoutMs: number) {
    this.#address = address
    this.#job = job
    this.#server = createServer(socketOptions, (socket) => void this.#accept(socket))
    this.#timer = setTimeout(() => this.#fail(this.#timeoutText(timeoutMs)), timeoutMs)
  }

  /** @throws {Error} if rank 0 cannot listen at the address */
  static async start(address: TcpAddress, job: RingJob, timeoutMs: number): Promise<Rendezvous> {
    const rendezvous = new Rendezvous(address, job, timeoutMs)
    try {
      await listen(rendezvous.#server, 0, address)
    } catch (error) {
      rendezvous.close()
      throw error
    }
    return rendezvous
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#server.close()
    this.#closed.abort()
  }

  async #accept(socket: Socket): Promise<void> {
    socket.on('error', () => {}) // 'close' follows
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(registrationMs)])
    try {
      const registration = readRegistration(await receiveMessage(socket, signal))
      const refusal = this.#failure ?? this.#register(socket, registration)
      if (refusal) reply(socket, refusal)
    } catch {
      socket.destroy() // not a rank
    }
  }

  /** Returns the reply if the rank is refused. */
  #register(socket: Socket, registration: Registration): Failure | undefined {
    const { rank, port, key } = registration
    const host = socket.remoteAddress as string
    const refusal = this.#check(registration, host)
    if (refusal) return refusal
    this.#members.set(rank, { socket, address: { host, port }, key })
    socket
      .resume()
      .once('close', () => this.#fail(`rank ${rank} on ${host} ended before all ranks had joined the ring`))
    if (this.#members.size === this.#job.worldSize) this.#complete()
    return undefined
  }

  #check(theirs: Registration, host: string): Failure | undefined {
    const ours = this.#job
    const name = `Rank ${theirs.rank} on ${host}`
    if (theirs.runKey !== ours.runKey || theirs.worldSize !== ours.worldSize) {
      const reason = `${name} belongs to ${jobText(theirs)}, and ${this.#name} to ${jobText(ours)}`
      return this.#refuse('refused', reason, 'Set DDP_PORT to another port on all ranks of one job')
    }
    if (theirs.attempt !== ours.attempt) {
      const reason = `${name} is in attempt ${theirs.attempt}, and ${this.#name} in attempt ${ours.attempt}`
      return this.#refuse(theirs.attempt > ours.attempt ? 'retry' : 'refused', reason)
    }
    const first = this.#members.get(theirs.rank)
    if (!first) return undefined
    const reason = `Two processes are rank ${theirs.rank}: on ${first.address.host} and on ${host}`
    return this.#refuse('refused', reason, 'Give each host its own number (--node-rank)')
  }

  #refuse(kind: Failure['kind'], reason: string, fix?: string): Failure {
    this.#refusal = reason
    return { kind, reason: fix ? `${reason}. ${fix}` : reason }
  }

  #complete(): void {
    this.#isComplete = true
    this.close()
    const { size } = this.#members
    for (const [rank, { socket }] of this.#members) {
      const { address, key } = this.#members.get((rank + size - 1) % size) as Member
      reply(socket, { previous: address, key })
    }
  }

  #fail(reason: string): void {
    if (this.#isComplete || this.#failure) return
    this.#failure = { kind: 'lost', reason }
    for (const { socket } of this.#members.values()) reply(socket, this.#failure)
  }

  #timeoutText(timeoutMs: number): string {
    const ranks = Array.from({ length: this.#job.worldSize }, (_, rank) => rank)
    const missing = ranks.filter((rank) => !this.#members.has(rank))
    const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : ''
    const names = `${missing.length > 1 ? 'ranks' : 'rank'} ${missing.slice(0, maxNamed).join(', ')}${more}`
    const { address } = this.#server.address() as AddressInfo
    const isLoopback = address.startsWith('127.') || address === '::1'
    const fix = isLoopback
      ? `Other hosts cannot reach ${address}: for ranks on several hosts, set MASTER_ADDR to another address of this host`
      : 'Check that the missing ranks run, and that no firewall between the hosts blocks the port'
    return [`${this.#name} waited ${timeoutMs / 1000} s for ${names}`, this.#refusal, fix].filter(Boolean).join('. ')
  }

  get #name(): string {
    return `rank 0 at ${addressText(this.#address)}`
  }
}

function reply(socket: Socket, content: Placement | Failure): void {
  sendMessage(socket, content)
  socket.destroySoon()
}

function jobText({ runKey, worldSize }: RingJob): string {
  return `the run ${JSON.stringify(runKey.slice(0, maxRunKeyText))} with ${worldSize} ranks`
}

/** @throws if the message is not that of a rank */
function readRegistration(message: Message): Registration {
  const { runKey, attempt, worldSize, rank, port, key } = message as unknown as Registration
  const numbers = [attempt, worldSize, rank, port].every((number) => Number.isInteger(number) && number >= 0)
  const texts = typeof runKey === 'string' && typeof key === 'string'
  if (!numbers || !texts || rank >= worldSize || port > 65_535) throw new Error('not a registration')
  return { runKey, attempt, worldSize, rank, port, key }
}
