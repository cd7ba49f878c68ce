import { setTimeout } from 'node:timers/promises'

/**
 * Resolves when the condition is true. For conditions without an event, such as the state of another process. It looks
 * again every few milliseconds, because a busy loop would take the core from the process that it waits for.
 */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(5)
}
