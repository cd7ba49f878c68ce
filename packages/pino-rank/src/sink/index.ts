/** The declaration of a sink to the gate, and how a target of pino is found and opened. */
export { declarationKey, type GateOptions, givenGateKeys, type SinkDeclaration } from './declaration.ts'
export { openInProcess } from './open-in-process.ts'
export { openSink, type SinkOptions, type SinkStream } from './open-sink.ts'
export { readDeclaration, streamDeclaration } from './read-declaration.ts'
export { registerSink } from './registered-sinks.ts'
export { callerFiles, modulePath, resolveTarget } from './resolve-target.ts'
export { rejectSignalOptions, signalsIn } from './signal-options.ts'
