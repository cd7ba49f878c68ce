/**
 * Process identity: whether a process is alive, and whether it is still the same one. Code that claims a file, a folder or a socket for
 * its process, or looks for what a dead process left, must use this module. A process number alone is not enough, because the system
 * reuses it. Signals of this process are handled here, too. Gated ranks load this module, so it loads Node modules that only some calls
 * need on demand.
 */
export { beforeDeathBy, onSignal } from './on-signal.ts'
export type { GroupMember, GroupTable } from './process-group.ts'
export { parseMembers, systemGroups } from './process-group.ts'
export type { ProcessId, ProcessStat, ProcessState } from './process-id.ts'
export { isSameProcess, pidExists, pidNamespaceKey, processState, readProcessStat, thisProcess } from './process-id.ts'
export type { Ancestor } from './process-order.ts'
export { ancestorsOf, hasLed, startedBefore } from './process-order.ts'
