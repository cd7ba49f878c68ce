/**
 * This process and others: identity, signals, the exit, the working directory, and what a rank writes before it dies. Gated ranks
 * load this folder, so Node modules that only some calls need are loaded on demand.
 */
export { absoluteDestination, absolutePath, workingDirectory } from './absolute-path.ts'
export { descriptorShortage, isDescriptorShortage } from './descriptors.ts'
export { writeErrorFile } from './error-file.ts'
export {
  atExit,
  atExitFirst,
  beforeDeathBy,
  exitCode,
  exitCodeCell,
  isExiting,
  onSignal,
} from './exit-hooks.ts'
export { processStateAt } from './process-at.ts'
export { type GroupMember, type GroupTable, systemGroups } from './process-group.ts'
export {
  isSameProcess,
  type ProcessId,
  type ProcessStat,
  type ProcessState,
  pidExists,
  pidNamespaceKey,
  processIdFrom,
  processState,
  readProcessStat,
  thisProcess,
} from './process-id.ts'
export { type Ancestor, ancestorsOf, hasLed, startedBefore } from './process-order.ts'
export { onFailure } from './recordings.ts'
export { isUsableSignal, signalOption } from './signal-option.ts'
export { WeakIterable } from './weak-iterable.ts'
