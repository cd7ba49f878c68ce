import { createHash } from 'node:crypto'
import type { Module } from '../trainer/module.ts'

/** Returns the SHA-256 of the parameters of a module, in hexadecimal. */
export function parametersHash(module: Module): string {
  const hash = createHash('sha256')
  for (const parameter of module.parameters()) hash.update(parameter.dataSync())
  return hash.digest('hex')
}
