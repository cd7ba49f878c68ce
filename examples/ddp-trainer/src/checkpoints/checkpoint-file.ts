import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, rmSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { atExit } from 'pino-rank/process'
import type { ParameterValues } from '../trainer/strategy.ts'
import type { FitPosition, RankState } from './fit-state.ts'

/** What a checkpoint contains. Hooks may add fields of their own, which must be structured-cloneable. */
export interface Checkpoint {
  /** The epoch with which a resumed fit starts: the next one if the current one is complete. */
  currentEpoch: number
  /** Number of completed optimizer steps. */
  globalStep: number
  /** Number of samples in an optimizer step, on all ranks together. Undefined if there was no fit. */
  globalBatchSize?: number | undefined
  hparams: Record<string, unknown> | undefined
  /** On other ranks than 0, `onSaveCheckpoint` sees an empty array. */
  parameters: ParameterValues[]
  /** The state of the optimizer, as the strategy returns it. Undefined if there was no fit. */
  optimizer: unknown
  /** Where in the epoch the fit was. Undefined if there was no fit. */
  position?: FitPosition | undefined
  /** What only one rank knows, by rank. On other ranks than 0, `onSaveCheckpoint` sees undefined. */
  ranks?: RankState[]
  [field: string]: unknown
}

// A file has these bytes (the format and its version), the SHA-256 of the rest, and the checkpoint as node:v8 serializes it.
const magic = Buffer.from('ddp-trainer checkpoint 1\n')
const hashBytes = 32

/**
 * Writes a checkpoint, and creates its folder. The path has the earlier file or the complete new one at any time. After an error the
 * earlier file is unchanged, and the temporary file next to it is removed. It is also removed if the process exits meanwhile.
 *
 * @throws {Error} if the file cannot be written, or if a value is not structured-cloneable
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  const removeTask = atExit(() => rmSync(temporary, { force: true }))
  try {
    const data = serialize(checkpoint)
    await mkdir(dirname(path), { recursive: true })
    await writeAndSync(temporary, [magic, sha256(data), data])
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new Error(`Trainer: cannot write the checkpoint ${path}: ${(error as Error).message}`, { cause: error })
  } finally {
    removeTask()
  }
}

/**
 * Reads a checkpoint. Also returns the SHA-256 of its data.
 *
 * @throws {Error} if the file cannot be read, is not a checkpoint, or is incomplete; the error has the path and the rank
 */
export async function readCheckpoint(path: string, rank: number): Promise<{ checkpoint: Checkpoint; hash: Buffer }> {
  try {
    const { hash, data } = parse(await readBytes(path))
    return { checkpoint: deserialize(data), hash }
  } catch (error) {
    const { message } = error as Error
    throw new Error(`Trainer: rank ${rank} cannot read the checkpoint ${path}: ${message}`, { cause: error })
  }
}

/** @throws {Error} if the bytes are not those of a complete checkpoint */
function parse(bytes: Buffer): { hash: Buffer; data: Buffer } {
  const dataStart = magic.length + hashBytes
  const hash = bytes.subarray(magic.length, dataStart)
  const data = bytes.subarray(dataStart)
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new Error('the file is not one of trainer.saveCheckpoint')
  const found = sha256(data)
  if (!found.equals(hash)) {
    const [received, expected] = [found.toString('hex'), hash.toString('hex')]
    throw new Error(
      `the file is damaged: its ${data.length} bytes of data have the SHA-256 ${received}, not ${expected}`,
    )
  }
  return { hash, data }
}

async function writeAndSync(path: string, parts: readonly Buffer[]): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (const part of parts) await file.writeFile(part)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a new name in a folder survive a power loss. Windows cannot open a folder, and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Returns the bytes of a file, which may be larger than `readFile` allows. */
async function readBytes(path: string): Promise<Buffer> {
  return Buffer.concat(await createReadStream(path).toArray())
}

function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}
