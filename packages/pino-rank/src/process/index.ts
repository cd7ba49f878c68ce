/**
 * Process identity: whether a process is alive, and the same one as before. Everything that claims a file, a folder or a socket for
 * its process, or looks for what a dead process left, asks here and never by a process number alone. It is loaded on gated ranks, too, so
 * modules of Node that only some calls need are taken when they are needed.
 */
export type { GroupMember, GroupTable } from './process-group.ts'
export { parseMembers, systemGroups } from './process-group.ts'
export type { ProcessId, ProcessStat, ProcessState } from './process-id.ts'
export { isSameProcess, pidExists, pidNamespaceKey, processState, readProcessStat, thisProcess } from './process-id.ts'
export type { Ancestor } from './process-order.ts'
export { ancestorsOf, hasLed, startedBefore } from './process-order.ts'
