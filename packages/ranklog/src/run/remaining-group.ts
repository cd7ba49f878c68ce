import { type GroupMember, type GroupTable, systemGroups } from 'pino-rank/process'

/** The result of sending a signal. `gone`: there was no process. `refused`: the processes belong to another user. */
export type Delivery = 'sent' | 'gone' | 'refused'

/**
 * The processes that remain in a rank's process group after the rank has ended. The ID of the group is the PID of the rank. The
 * kernel does not reuse this ID while a group or a session has it. Once the group is empty, another program may get it.
 *
 * So a signal is sent only if one of the members proves that the group is still the rank's: it existed when the rank ended and has
 * the same start time, or it has this attempt's entry in its environment.
 */
export class RemainingGroup {
  readonly #group: number
  readonly #entry: string
  readonly #groups: GroupTable
  /** The members when the rank ended. */
  readonly #knownMembers: readonly GroupMember[]

  /**
   * Must be created as soon as the rank has ended.
   *
   * @param group the PID of the rank, which was the leader of its group and session
   * @param entry `NAME=value` that is in the environment of this attempt's processes and of no others
   */
  constructor(group: number, entry: string, groups: GroupTable = systemGroups) {
    this.#group = group
    this.#entry = entry
    this.#groups = groups
    this.#knownMembers = groups.exists(group) ? this.#members() : []
  }

  /** Kills the remaining processes. Sends nothing if the group was empty when the rank ended. */
  kill(): Delivery {
    if (this.#knownMembers.length === 0 || !this.#groups.exists(this.#group) || !this.#hasProof()) return 'gone'
    return deliver(() => this.#groups.kill(this.#group, 'SIGKILL'))
  }

  #hasProof(): boolean {
    if (this.#knownMembers.some((member) => this.#groups.hasMember(this.#group, member))) return true
    return this.#members().some(({ pid }) => this.#groups.hasInEnvironment(pid, this.#entry))
  }

  /** Returns the members of the group; none if a process has the group's ID as its PID, because the group is then another program's. */
  #members(): GroupMember[] {
    const members = this.#groups.members(this.#group)
    const isReused = members.some(({ pid }) => pid === this.#group)
    return isReused ? [] : members.filter(({ session = this.#group }) => session === this.#group)
  }
}

/** Sends a signal and returns the result. Does not throw if the processes are gone or belong to another user. */
export function deliver(send: () => void): Delivery {
  try {
    send()
    return 'sent'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return 'gone'
    if (code === 'EPERM') return 'refused'
    throw error
  }
}
