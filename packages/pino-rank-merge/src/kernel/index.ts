/**
 * The kernel: finds lines and their times, sorts lines, and copies them. In WebAssembly, or in JavaScript if that is
 * not available.
 */
export { Arena } from './arena.ts'
export { type Kernel, unknownTime } from './kernel.ts'
export { filesShape, type Layout, layoutOf, liveBudget, liveShape, maxBins, maxKeyBytes, places } from './layout.ts'
export { partialLength } from './partial-line.ts'
export { field, foreign, recordBytes } from './records.ts'
export { kernelOf } from './wasm-kernel.ts'
