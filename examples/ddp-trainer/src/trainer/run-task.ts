import { loadCheckpoint, resumeFit } from '../checkpoints/load-checkpoint.ts'
import type { Task } from './callback.ts'
import type { LoopContext, Output } from './loop-context.ts'

/** Runs the loop of a task between `setup` and `teardown`. Before it, restores the checkpoint of the task, if there is one. */
export async function runTask(
  context: LoopContext,
  task: Task,
  run: (context: LoopContext) => Promise<Output>,
): Promise<Output> {
  const { module, hooks, strategy, interrupt } = context
  await hooks.call('setup', task)
  const checkpoint = await loadCheckpoint(context)
  await hooks.run('configureOptimizers', () => strategy.setup(module, interrupt.carrier, task === 'fit'))
  if (checkpoint && task === 'fit') await resumeFit(context, checkpoint)
  const output = await run(context)
  await hooks.call('teardown', task)
  return output
}
