import type { Chart, NoChart } from './chart.ts'

/** Returns what a chart draws as rectangles. */
export function rectsOf<Datum>(chart: Chart | NoChart): Datum[] {
  const layers = 'spec' in chart ? (chart.spec.layer as { mark: { type: string }; data: { values: Datum[] } }[]) : []
  return layers.find(({ mark }) => mark.type === 'rect')?.data.values ?? []
}
