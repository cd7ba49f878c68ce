import { setTimeout } from 'node:timers/promises'

/**
 * Resolves when the condition is true. Polls it every few milliseconds. Use it only where no event reports the change, for
 * example for the state of another process.
 */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(5)
}
