import { createRequire } from 'node:module'
import type { jsKernel } from './js-kernel.ts'
import type { Kernel } from './kernel.ts'
import { kernelBytes } from './kernel-bytes.ts'

/** The part of WebAssembly that is used here. @types/node does not declare it. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> }
}

let compiled: object | undefined

/**
 * Returns a kernel with a memory of `size` bytes. It runs in WebAssembly, or in JavaScript if WebAssembly or its SIMD
 * instructions are missing, for example under `node --jitless`.
 */
export function kernelOf(size: number, wasm = true): Kernel {
  if (!wasm || typeof WebAssembly === 'undefined') return loadJsKernel(size)
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 2 ** 16) })
  try {
    compiled ??= new WebAssembly.Module(Buffer.from(kernelBytes, 'base64'))
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
    return { ...(exports as unknown as Omit<Kernel, 'bytes'>), bytes: new Uint8Array(memory.buffer) }
  } catch {
    return loadJsKernel(size) // without SIMD, or WebAssembly is forbidden
  }
}

/** Loads the JavaScript kernel, which is a module of its own because few processes need it. */
function loadJsKernel(size: number): Kernel {
  const load = createRequire(import.meta.url) as (file: string) => { jsKernel: typeof jsKernel }
  return load('./js-kernel.js').jsKernel(size)
}
