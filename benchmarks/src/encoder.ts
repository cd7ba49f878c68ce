import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import type { EncoderJob, EncoderSample } from './encoder-rank.ts'
import type { Settings } from './settings.ts'
import { runProcess } from './start-process.ts'
import type { Table } from './table.ts'
import { type TimedCell, timeRows } from './time-rows.ts'

const place = { rank: 0, worldSize: 1 }

const aboutEncoders = `Events of one scalar, framed and with both CRCs, into one buffer: the encoder alone, without JSON and file. Both
encoders use the same code for the CRCs.`

/** Measures the encoder of TensorBoard's events. */
export async function encoder({ pairs, records, onProgress }: Settings): Promise<Table[]> {
  const title = 'The encoder alone'
  const rival: TimedCell = { name: 'protobufjs' }
  const own: TimedCell = { name: 'pino-tensorboard', comparedWith: [[rival, 1 / 3]] }
  const cells: TimedCell[] = [own, rival, { name: rival.name, comparedWith: [[rival]] }]
  const measure = ({ name }: TimedCell) =>
    runProcess<EncoderSample>('./encoder-rank.js', { encoder: name, records } satisfies EncoderJob, place)
  const samples = await interleave(cells, pairs, measure, (round) => onProgress(`${title}: round ${round} of ${pairs}`))
  const rows = cells.flatMap((cell) => timeRows(new Compared(cell, samples), 'records/s'))
  return [{ title, about: aboutEncoders, rows }]
}
