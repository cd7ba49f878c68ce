import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint-file.ts'

const parameters = [{ shape: [2], values: Float32Array.of(0.1, -0) }]
const checkpoint: Checkpoint = {
  currentEpoch: 2,
  globalStep: 8,
  hparams: { lr: 0.1 },
  parameters,
  optimizer: undefined,
}

/** Writes a checkpoint into a new folder, and returns its path. */
async function writeToNewFolder(t: Test): Promise<string> {
  const path = join(temporary(t), 'last.ckpt')
  await writeCheckpoint(path, checkpoint)
  return path
}

t.test('a file has the fields of the checkpoint, and nothing else is in its folder', async (t) => {
  const path = join(temporary(t), 'new/folder/last.ckpt')
  const saved = { ...checkpoint, best: new Map([['loss', Number.NaN]]), optimizer: { steps: Int32Array.of(7) } }
  await writeCheckpoint(path, checkpoint)
  await writeCheckpoint(path, saved)
  t.strictSame((await readCheckpoint(path, 0)).checkpoint, saved)
  t.strictSame(readdirSync(dirname(path)), ['last.ckpt'])
})

t.test('a value that cannot be cloned leaves the earlier file', async (t) => {
  const path = await writeToNewFolder(t)
  const message = /^Trainer: cannot write the checkpoint .*last.ckpt: .* could not be cloned/
  await t.rejects(writeCheckpoint(path, { ...checkpoint, currentEpoch: 3, f: () => {} }), { message })
  t.strictSame((await readCheckpoint(path, 0)).checkpoint, checkpoint)
})

t.test('a write that fails in the middle leaves the earlier file and no temporary file', async (t) => {
  const path = await writeToNewFolder(t)
  const { code, stdout } = await runNode('kit/full-disk.js', { args: [path] }).ended
  t.equal(code, 0)
  t.match(stdout, `Trainer: cannot write the checkpoint ${path}: EFBIG: file too large, write`)
  t.strictSame((await readCheckpoint(path, 0)).checkpoint, checkpoint)
  t.strictSame(readdirSync(dirname(path)), ['last.ckpt'])
})

t.test('a rename that fails leaves no temporary file', async (t) => {
  const folder = temporary(t)
  const path = join(folder, 'last.ckpt')
  mkdirSync(path)
  await t.rejects(writeCheckpoint(path, checkpoint), {
    message: /^Trainer: cannot write the checkpoint .*last.ckpt: E/,
  })
  t.strictSame(readdirSync(folder), ['last.ckpt'])
})

t.test('a folder that cannot be created is an error with the path', async (t) => {
  const file = await writeToNewFolder(t)
  const path = join(file, 'last.ckpt')
  await t.rejects(writeCheckpoint(path, checkpoint), { message: /^Trainer: cannot write the checkpoint .*: E/ })
})

t.test('a process that exits while it writes leaves no temporary file', async (t) => {
  const folder = temporary(t)
  const { code, stderr } = await runNode('kit/exit-while-saving.js', { args: [folder] }).ended
  t.equal(code, 3, stderr)
  t.strictSame(readdirSync(folder), [])
})

const faults: [fault: string, make: (path: string) => void, message: RegExp][] = [
  ['is missing', (path) => rmSync(path), /ENOENT: no such file/],
  ['is empty', (path) => truncateSync(path), /the file is not one of trainer.saveCheckpoint/],
  ['is another file', (path) => writeFileSync(path, '{"epoch": 1}'), /the file is not one of trainer.saveCheckpoint/],
  ['ends in the hash', (path) => truncateSync(path, 30), /the file is damaged: its 0 bytes of data have the SHA-256/],
  ['lacks the last byte', cutLastByte, /the file is damaged: its \d+ bytes of data have the SHA-256/],
  ['has another bit', flipLastBit, /the file is damaged: its \d+ bytes of data have the SHA-256/],
  ['has data of a newer Node', useNewerFormat, /unsupported version/],
]
for (const [fault, make, message] of faults)
  t.test(`a file that ${fault} is an error with the path and the rank`, async (t) => {
    const path = await writeToNewFolder(t)
    make(path)
    const start = `Trainer: rank 3 cannot read the checkpoint ${path}: `
    await t.rejects(readCheckpoint(path, 3), { message: new RegExp(`^${start}.*${message.source}`) })
  })

function cutLastByte(path: string): void {
  truncateSync(path, readFileSync(path).length - 1)
}

function flipLastBit(path: string): void {
  const bytes = readFileSync(path)
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
  writeFileSync(path, bytes)
}

/** Writes data with a version of node:v8 that does not exist yet. */
function useNewerFormat(path: string): void {
  const data = Buffer.from([0xff, 0x7f, 0x30])
  const hash = createHash('sha256').update(data).digest()
  writeFileSync(path, Buffer.concat([Buffer.from('ddp-trainer checkpoint 1\n'), hash, data]))
}
