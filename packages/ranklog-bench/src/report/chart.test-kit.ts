import type { Chart, NoChart } from './chart.ts'

/** Returns the data of a chart's rectangles. */
export function rectsOf<Datum>(chart: Chart | NoChart): Datum[] {
  const layers = 'spec' in chart ? (chart.spec.layer as { mark: { type: string }; data: { values: Datum[] } }[]) : []
  return layers.find(({ mark }) => mark.type === 'rect')?.data.values ?? []
}
