import { type GroupMember, type GroupTable, systemGroups } from 'pino-rank/process'

/** The outcome of a signal. `nobody`: no process was there to receive it. `refused`: the processes belong to another user. */
export type Delivery = 'sent' | 'nobody' | 'refused'

/**
 * The processes that a rank left in its process group when it ended. The group's number is the rank's own process number. Once
 * the group is empty, another program's group may get this number. The kernel does not reuse a number while a group or a
 * session has it.
 *
 * So the group is the rank's if one of its members is proved to be: it was there when the rank ended and has the same start
 * time, or it was started with this attempt's entry in its environment. Without a proof no signal is sent.
 */
export class LeftGroup {
  readonly #group: number
  readonly #entry: string
  readonly #groups: GroupTable
  readonly #seen: readonly GroupMember[]

  /**
   * Must be created as soon as the rank has been waited for.
   *
   * @param group the rank's process number. The rank led its group and its session.
   * @param entry `NAME=value` that is in the environment of this attempt's processes and of no others
   */
  constructor(group: number, entry: string, groups: GroupTable = systemGroups) {
    this.#group = group
    this.#entry = entry
    this.#groups = groups
    this.#seen = groups.exists(group) ? this.#members() : []
  }

  /** Kills the processes that are left. A group that was seen empty is never signalled. */
  kill(): Delivery {
    if (this.#seen.length === 0 || !this.#groups.exists(this.#group) || !this.#isProved()) return 'nobody'
    return deliver(() => this.#groups.kill(this.#group, 'SIGKILL'))
  }

  #isProved(): boolean {
    if (this.#seen.some((member) => this.#groups.hasMember(this.#group, member))) return true
    return this.#members().some(({ pid }) => this.#groups.hasInEnvironment(pid, this.#entry))
  }

  /** Returns no members if a process has the group's number itself: the rank is gone, so it is another program's group. */
  #members(): GroupMember[] {
    const members = this.#groups.members(this.#group)
    const isOthers = members.some(({ pid }) => pid === this.#group)
    return isOthers ? [] : members.filter(({ session = this.#group }) => session === this.#group)
  }
}

/** Sends a signal and returns the outcome. It does not throw if the processes are gone or belong to another user. */
export function deliver(send: () => void): Delivery {
  try {
    send()
    return 'sent'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return 'nobody'
    if (code === 'EPERM') return 'refused'
    throw error
  }
}
