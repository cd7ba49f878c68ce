/**
 * Process identity: whether a process is alive, and whether it is still the same one. Code that claims a file, a folder or a socket for
 * its process, or looks for what a dead process left, must use this module. A process number alone is not enough, because the system
 * reuses it. What a sink does at the exit and at signals is registered here, too. Gated ranks load this module, so it loads Node
 * modules that only some calls need on demand.
 */

export type { Ancestor, GroupMember, GroupTable, ProcessId, ProcessStat, ProcessState } from './process/index.ts'
export {
  ancestorsOf,
  atExit,
  atExitFirst,
  beforeDeathBy,
  exitCode,
  hasLed,
  isExiting,
  isSameProcess,
  onSignal,
  pidExists,
  pidNamespaceKey,
  processIdFrom,
  processState,
  processStateAt,
  readProcessStat,
  startedBefore,
  systemGroups,
  thisProcess,
} from './process/index.ts'
