/**
 * Process identity: whether a process is alive, and whether it is still the same one. Code that claims a file, a folder or a
 * socket for its process, or cleans up after a dead process, must use this module. A process number alone is not enough, because
 * the system reuses it. Sinks also register here what they do at exit and at signals. Gated ranks load this module, so Node
 * modules that only some calls need are loaded on demand.
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
