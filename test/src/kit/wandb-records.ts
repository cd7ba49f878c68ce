import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { fieldsOf } from 'pino-rank-metrics/sink'

/** The kinds of records, by their field numbers in W&B's `Record` message. */
const kinds: Record<number, string> = {
  2: 'history',
  3: 'summary',
  5: 'config',
  6: 'files',
  12: 'metric',
  13: 'output',
  17: 'run',
  18: 'exit',
  21: 'header',
}

export interface WandbRecord {
  kind: string
  message: Buffer
}

/**
 * Returns the records of a run file, joined from their chunks. A torn chunk ends the file.
 *
 * @throws {Error} for a wrong header, a wrong CRC, or a record number out of order
 */
export function wandbRecords(file: string): WandbRecord[] {
  const bytes = readFileSync(file)
  if (bytes.toString('latin1', 0, 7) !== ':W&B\xe1\xbe\0') throw new Error(`${file}: no W&B file`)
  const found: WandbRecord[] = []
  let data: Buffer[] = []
  for (let at = 7; at + 7 <= bytes.length; ) {
    const left = 32_768 - (at % 32_768)
    if (left < 7) {
      at += left
      continue
    }
    const end = at + 7 + bytes.readUInt16LE(at + 4)
    if (end > bytes.length) break
    if (crc32(bytes.subarray(at + 6, end)) !== bytes.readUInt32LE(at)) throw new Error(`${file}: byte ${at}: CRC`)
    data.push(bytes.subarray(at + 7, end))
    if (bytes[at + 6] === 1 || bytes[at + 6] === 4) {
      const [number, message] = [...fieldsOf(Buffer.concat(data))]
      data = []
      found.push({ kind: kinds[message?.number ?? 0] ?? '?', message: message?.value as Buffer })
      if (Number(number?.value) !== found.length) throw new Error(`${file}: byte ${at}: number ${number?.value}`)
    }
    at = end
  }
  return found
}

/** Returns the items of a row, a summary or a configuration. */
export function itemsOf({ message }: WandbRecord): Record<string, string> {
  const pairs = [...fieldsOf(message)].flatMap(({ number, value }) => {
    if (number !== 1) return []
    const [key, json] = [...fieldsOf(value as Buffer)]
    return [[String(key?.value), String(json?.value)]]
  })
  return Object.fromEntries(pairs)
}

/** Returns the exit code of an exit record. proto3 omits 0, its default. */
export function exitCodeOf({ message }: WandbRecord): number {
  return Number([...fieldsOf(message)].find(({ number }) => number === 1)?.value ?? 0)
}

/** Returns the folders of the offline runs under `dir`. */
export function offlineRuns(dir: string): string[] {
  const runs = join(dir, 'wandb')
  return existsSync(runs) ? readdirSync(runs).map((run) => join(runs, run)) : []
}
