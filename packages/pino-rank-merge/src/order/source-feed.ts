import { Inlet } from './inlet.ts'
import type { Planner } from './planner.ts'
import type { Source } from './source.ts'

/** What can be written: a plan, to be copied before the next is asked for; with `waits` nothing more is to be had for now. */
export interface Planned {
  count: number
  waits: boolean
}

/** The plans of sources that are read to their end: each is asked when its bytes are needed. */
export async function* plansOf(sources: readonly Source[], planner: Planner): AsyncGenerator<Planned> {
  const inlets = sources.map((source, index) => new Inlet(source, index, planner))
  try {
    for (let outcome = planner.plan(); outcome !== 'done'; outcome = planner.plan()) {
      if (outcome === 'planned') yield { count: planner.planned.count, waits: false }
      else {
        const inlet = inlets[planner.needed] as Inlet
        if (!inlet.isFull) inlet.take(await inlet.ask())
        inlet.put()
      }
    }
  } finally {
    for (const inlet of inlets) inlet.close()
  }
}
