import { jsKernel } from './js-kernel.ts'
import type { Kernel } from './kernel.ts'
import { kernelBytes } from './kernel-bytes.ts'

/** What is used of it: the types of it are in those of browsers only. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> }
}

let compiled: object | undefined

/** The kernel over a memory of so many bytes: in WebAssembly, or, where that is not to be had, in JavaScript. */
export function kernelOf(size: number, wasm = true): Kernel {
  if (!wasm || typeof WebAssembly === 'undefined') return jsKernel(size)
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 2 ** 16) })
  try {
    compiled ??= new WebAssembly.Module(Buffer.from(kernelBytes, 'base64'))
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
    return { ...(exports as unknown as Omit<Kernel, 'bytes'>), bytes: new Uint8Array(memory.buffer) }
  } catch {
    return jsKernel(size) // without SIMD, or forbidden
  }
}
