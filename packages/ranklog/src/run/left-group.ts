import { type GroupMember, type GroupTable, systemGroups } from 'pino-rank/process'

/** What became of a signal. `refused`: the processes belong to another user. */
export type Delivery = 'sent' | 'nobody' | 'refused'

/**
 * What a rank left in its process group when it ended. The group's number is the rank's own process number, and another program's
 * group may have it once this one is empty. The kernel gives a number to nobody else while a group or a session has it, so the group
 * is the rank's as long as one of its members is proved to be: it was there when the rank ended and has the same start time, or it was
 * started with this attempt's entry in its environment. Without a proof nothing is signalled.
 */
export class LeftGroup {
  readonly #group: number
  readonly #entry: string
  readonly #groups: GroupTable
  readonly #seen: readonly GroupMember[]

  /**
   * To be made as soon as the rank has been waited for.
   *
   * @param group the rank's process number: it led its group and its session
   * @param entry `NAME=value` in the environment of this attempt's processes, and of no others
   */
  constructor(group: number, entry: string, groups: GroupTable = systemGroups) {
    this.#group = group
    this.#entry = entry
    this.#groups = groups
    this.#seen = groups.exists(group) ? this.#members() : []
  }

  /** Ends what is left. An emptied group is never signalled. */
  kill(): Delivery {
    if (this.#seen.length === 0 || !this.#groups.exists(this.#group) || !this.#isProved()) return 'nobody'
    return delivered(() => this.#groups.kill(this.#group, 'SIGKILL'))
  }

  #isProved(): boolean {
    if (this.#seen.some((member) => this.#groups.hasMember(this.#group, member))) return true
    return this.#members().some(({ pid }) => this.#groups.hasInEnvironment(pid, this.#entry))
  }

  /** None where a process has the number itself: the rank is gone, so that it is another program's. */
  #members(): GroupMember[] {
    const members = this.#groups.members(this.#group)
    const isOthers = members.some(({ pid }) => pid === this.#group)
    return isOthers ? [] : members.filter(({ session = this.#group }) => session === this.#group)
  }
}

/** Sends a signal. Another user's processes, and processes that have gone meanwhile, do not end the run. */
export function delivered(send: () => void): Delivery {
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
