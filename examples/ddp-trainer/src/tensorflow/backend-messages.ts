import type { Accelerator, Choice } from './backend.ts'

/** What rank 0 logs about its backend, once. */
export interface BackendMessages {
  warnings: string[]
  /** Undefined if a warning says it. */
  info?: string
}

/** @param shared how many ranks of this host share how many GPUs. Undefined: none */
export function backendMessages(
  { package: name, gpu, rejected, hint }: Choice,
  accelerator: Accelerator,
  shared?: { ranks: number; gpus: number },
): BackendMessages {
  const reasons = Object.entries(rejected).map(([faster, why]) => `${faster} (${why})`)
  const instead = reasons.length > 0 ? `, not on ${reasons.join(' or ')}` : ''
  const place = gpu ? ' with a GPU' : name.endsWith('-gpu') ? ' without a GPU' : ''
  const message = `trains on ${name}${place}${instead}${hint ? `; to use the GPU: ${hint}` : ''}`
  if (accelerator === 'gpu' && !gpu) return { warnings: [`accelerator is 'gpu', but no GPU can be used; ${message}`] }
  const warnings: string[] = []
  if (gpu && shared)
    warnings.push(
      `${shared.ranks} ranks of a host share ${shared.gpus} ${shared.gpus === 1 ? 'GPU' : 'GPUs'}, ` +
        'which is slower than a rank for each GPU',
    )
  return { warnings, info: message }
}
