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
  const find = ckptPath === 'best' ? () => ({ path: callbacks[0]?.bestModelPath }) : () => newestLast(callbacks)
  const { path, missing } = (await trainer.broadcast(trainer.isGlobalZero ? find() : undefined)) as Found
  if (path !== undefined) return path
  if (ckptPath === 'best')
    throw new Error(
      "Trainer: ckptPath is 'best', but the ModelCheckpoint has saved no best checkpoint in this process; set its monitor and run a " +
        'fit before, or name a file',
    )
  const text = `ckptPath is 'last', but there is no ${missing?.join(' or ')}`
  if (trainer.task !== 'fit') throw new Error(`Trainer: ${text}; run a fit before, or name a file`)
  trainer.warn(`${text}; the fit starts anew`)
  return undefined
}

/** What rank 0 finds. */
interface Found {
  path: string | undefined
  /** The paths at which there is no file. */
  missing?: string[]
}

/** Returns the newest `last.ckpt` that exists. Called on rank 0, because `lastPath` calls the function `folder`. */
function newestLast(callbacks: readonly ModelCheckpoint[]): Found {
  const paths = callbacks.map(({ lastPath }) => lastPath)
  const found = paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat ? [{ path, time: stat.mtimeMs }] : []
  })
  const [newest] = found.sort((one, other) => other.time - one.time)
  return { path: newest?.path, missing: newest ? [] : paths }
}
