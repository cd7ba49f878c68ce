import { statSync } from 'node:fs'
import type { LoopContext } from '../trainer/loop-context.ts'
import { ModelCheckpoint } from './model-checkpoint.ts'

/**
 * Returns the path of a checkpoint for `ckptPath: 'best'` and `'last'`, as rank 0 finds it. Other values are paths. For `'last'`, returns
 * undefined in a fit if there is none: the fit then starts anew, so that a script can always pass it.
 *
 * @throws {Error} if there is no such checkpoint
 */
export async function findCheckpoint(context: LoopContext, ckptPath: string | undefined): Promise<string | undefined> {
  if (ckptPath !== 'best' && ckptPath !== 'last') return ckptPath
  const { trainer, options } = context
  const callbacks = (options.callbacks ?? []).filter((callback) => callback instanceof ModelCheckpoint)
  if (callbacks.length === 0)
    throw new Error(
      `Trainer: ckptPath is '${ckptPath}', but there is no ModelCheckpoint in callbacks; add one, or name a file`,
    )
  const find = ckptPath === 'best' ? () => callbacks[0]?.bestModelPath : () => newestLast(callbacks)
  const path = await trainer.broadcast(trainer.isGlobalZero ? find() : undefined)
  if (path !== undefined) return path
  if (ckptPath === 'best')
    throw new Error(
      "Trainer: ckptPath is 'best', but the ModelCheckpoint has saved no best checkpoint in this process; set its monitor and run a " +
        'fit before, or name a file',
    )
  const text = `ckptPath is 'last', but there is no ${callbacks.map(({ lastPath }) => lastPath).join(' or ')}`
  if (trainer.task !== 'fit') throw new Error(`Trainer: ${text}; run a fit before, or name a file`)
  trainer.warn(`${text}; the fit starts anew`)
  return undefined
}

/** Returns the newest `last.ckpt` that exists. */
function newestLast(callbacks: readonly ModelCheckpoint[]): string | undefined {
  const found = callbacks.flatMap(({ lastPath: path }) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat ? [{ path, time: stat.mtimeMs }] : []
  })
  return found.sort((one, other) => other.time - one.time)[0]?.path
}
