import type { Planned } from './plan.ts'
import type { Planner } from './planner.ts'
import type { Source } from './source.ts'
import { SourceReader } from './source-reader.ts'

/** Reads all sources to their end and yields the plans of their lines. A source is read only when its bytes are needed. */
export async function* readToEnd(sources: readonly Source[], planner: Planner): AsyncGenerator<Planned> {
  const readers = sources.map((source, index) => new SourceReader(source, index, planner))
  try {
    for (let outcome = planner.plan(); outcome !== 'done'; outcome = planner.plan()) {
      if (outcome === 'planned') yield { count: planner.planned.count, isIdle: false }
      else {
        const reader = readers[planner.needed] as SourceReader
        if (!reader.isFull) reader.take(await reader.read())
        reader.put()
      }
    }
  } finally {
    for (const reader of readers) reader.close()
  }
}
