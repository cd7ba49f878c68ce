import { basename } from 'node:path'
import t from 'tap'
import { ImaginaryFolder } from './imaginary-folder.test-kit.ts'
import { rotatedFiles } from './rotated-files.ts'
import type { NamedFile } from './rotation-disk.ts'
import { RotationProtocol } from './rotation-protocol.ts'
import { runSteps, type Steps } from './steps.ts'

const path = '/data/train.log'

t.test('a claim that comes so late that its name is free again is undone', (t) => {
  const folder = new ImaginaryFolder()
  const protocol = () => new RotationProtocol(path, 'numbered', folder, () => folder.time)
  const rotate = (line: string) => {
    folder.append(folder.open(path), line)
    return protocol().rotate(folder.stat(path) as NamedFile)
  }
  const late = rotate('a')
  for (let call = 0; call < 3; call++) late.next() // it has read the names and the file, and is about to link
  t.equal(runSteps(rotate('b')), 'rotated')
  t.equal(runSteps(rotate('c')), 'rotated')
  folder.compress('train.log.1')
  folder.append(folder.open(path), 'd')
  t.equal(runSteps(late), 'moved')
  t.strictSame(folder.list().sort(), ['train.log', 'train.log.1.gz', 'train.log.2'])
  t.strictSame(folder.open(path).lines, ['d'])
  t.end()
})

t.test('a claim is undone if a newer name has appeared meanwhile, for example a file that a user has put back', (t) => {
  const folder = new ImaginaryFolder()
  const rotate = () => {
    const protocol = new RotationProtocol(path, 'numbered', folder, () => folder.time)
    return protocol.rotate(folder.stat(path) as NamedFile)
  }
  folder.append(folder.open(path), 'b')
  const late = rotate()
  while (!folder.list().some((name) => name.startsWith('.train.log.new-'))) late.next() // it is about to link
  folder.append(folder.open('train.log.5'), 'a')
  t.equal(runSteps(late), 'moved')
  t.strictSame(folder.list().sort(), ['train.log', 'train.log.5'])
  t.equal(runSteps(rotate()), 'rotated')
  t.strictSame(folder.open('train.log.6').lines, ['b'])
  t.end()
})

t.test('a writer does not change a file that another writer is rotating', (t) => {
  const folder = new ImaginaryFolder()
  const rotate = () => {
    const protocol = new RotationProtocol(path, 'numbered', folder, () => folder.time)
    return protocol.rotate(folder.stat(path) as NamedFile)
  }
  folder.append(folder.open(path), 'a')
  const first = rotate()
  while (!folder.names.has('train.log.1')) first.next()
  const names = folder.list()
  const second = rotate()
  for (let step = second.next(); ; step = second.next()) {
    t.strictSame(folder.list(), names)
    if (!step.done) continue
    t.equal(step.value, 'claimed')
    break
  }
  t.end()
})

t.test('a file that a user deletes while it is moved keeps its rotated name', (t) => {
  const folder = new ImaginaryFolder()
  folder.append(folder.open(path), 'a')
  const protocol = new RotationProtocol(path, 'numbered', folder, () => folder.time)
  const rotation = protocol.rotate(folder.stat(path) as NamedFile)
  while (!folder.names.has('train.log.1')) rotation.next()
  folder.unlink(path)
  t.equal(runSteps(rotation), 'rotated')
  t.strictSame(folder.list(), ['train.log.1'])
  t.end()
})

/** Runs the rotation of a writer that has claimed its name until it has checked its claim, and is about to rename. */
function stepUntilChecked(folder: ImaginaryFolder, rotation: Steps<unknown>): void {
  let stats = 0
  folder.onStat = (name) => {
    if (name === basename(path)) stats++
  }
  while (stats < 2) rotation.next()
  folder.onStat = () => {}
}

/** Begins rotations of one file by writers whose clocks differ, so that they choose different names for it. */
function datedFolder() {
  const folder = new ImaginaryFolder()
  folder.time = Date.UTC(2025, 0, 30, 12)
  folder.append(folder.open(path), 'a')
  const rotate = (aheadMs: number) => {
    const protocol = new RotationProtocol(path, 'dated', folder, () => folder.time + aheadMs)
    return protocol.rotate(folder.stat(path) as NamedFile)
  }
  return { folder, rotate, name: 'train.log.20250130T120000Z' }
}

t.test('a claim that links the next file is undone, although it has the newest name', (t) => {
  const { folder, rotate, name } = datedFolder()
  const late = rotate(1000)
  while (!folder.list().some((name) => name.startsWith('.train.log.new-'))) late.next() // it is about to link
  t.equal(runSteps(rotate(0)), 'rotated')
  folder.append(folder.open(path), 'b')
  t.equal(runSteps(late), 'moved')
  t.strictSame(folder.list().sort(), ['train.log', name])
  t.strictSame([folder.open(name).lines, folder.open(path).lines], [['a'], ['b']])
  t.end()
})

t.test('a claim is undone if its file has got another rotated name meanwhile', (t) => {
  const { folder, rotate, name } = datedFolder()
  const [first, second] = [rotate(0), rotate(1000)]
  for (let call = 0; call < 3; call++) second.next() // it has read the names and the file
  while (!folder.names.has(name)) first.next()
  stepUntilChecked(folder, first)
  t.equal(runSteps(second), 'moved')
  t.equal(runSteps(first), 'rotated')
  t.strictSame(folder.list().sort(), ['train.log', name])
  t.strictSame([folder.open(name).lines, folder.open(path).lines], [['a'], []])
  t.end()
})

for (const names of ['numbered', 'dated'] as const) {
  t.test(`twelve ${names} files are in the order of their lines`, (t) => {
    const folder = new ImaginaryFolder()
    folder.time = Date.UTC(2025, 0, 30, 12)
    const protocol = new RotationProtocol(path, names, folder, () => folder.time)
    for (let line = 0; line < 12; line++) {
      folder.append(folder.open(path), `${line}`)
      t.equal(runSteps(protocol.rotate(folder.stat(path) as NamedFile)), 'rotated')
      if (line === 6) folder.compress(basename(rotatedFiles(path, folder.list())[2] as string))
      if (line > 8) folder.time += 1000
    }
    const read = rotatedFiles(path, folder.list()).flatMap((file) => folder.open(file).lines)
    t.strictSame(read, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
    t.end()
  })
}

t.test('a late writer that renames the new log by mistake renames it back', (t) => {
  const folder = new ImaginaryFolder()
  const protocol = () => new RotationProtocol(path, 'numbered', folder, () => folder.time)
  folder.append(folder.open(path), 'a')
  const late = protocol().rotate(folder.stat(path) as NamedFile)
  while (folder.names.size < 3) late.next() // the claim and the reserved file exist
  const claimed = folder.open(path)
  stepUntilChecked(folder, late)
  folder.time += 1000
  runSteps(protocol().sweep(folder.time))
  t.not(folder.open(path), claimed, 'another writer has completed the rotation')
  folder.append(folder.open(path), 'b')
  t.equal(runSteps(late), 'rotated')
  t.strictSame(folder.list().sort(), ['train.log', 'train.log.1'])
  t.strictSame([folder.open('train.log.1').lines, folder.open(path).lines], [['a'], ['b']])
  t.end()
})

t.test('if a file has had two rotated names for a second, only the newer one stays', (t) => {
  const folder = new ImaginaryFolder()
  folder.append(folder.open('train.log.1'), 'a')
  folder.link('train.log.1', 'train.log.2')
  const { time } = folder
  const sweep = () => runSteps(new RotationProtocol(path, 'numbered', folder, () => folder.time).sweep(folder.time))
  folder.time = time + 999
  t.equal(sweep(), true)
  t.strictSame(folder.list(), ['train.log.1', 'train.log.2'])
  folder.time = time + 1000
  t.equal(sweep(), false)
  t.strictSame(folder.list(), ['train.log.2'])
  t.end()
})

t.test('a file to which two writers gave a name is still read before a newer file', (t) => {
  const { folder, rotate, name } = datedFolder()
  const sweep = () => runSteps(new RotationProtocol(path, 'dated', folder, () => folder.time).sweep(folder.time))
  const [first, second] = [rotate(0), rotate(1000)]
  for (let call = 0; call < 3; call++) second.next() // it has read the names and the file
  while (!folder.names.has(name)) first.next()
  stepUntilChecked(folder, first)
  while (folder.names.size < 5) second.next() // the file has two names, and each writer a reserved file
  t.equal(runSteps(first), 'rotated')
  sweep()
  folder.append(folder.open(path), 'b')
  t.equal(runSteps(rotate(1000)), 'rotated')
  t.equal(runSteps(second), 'moved')
  sweep()
  const files = rotatedFiles(path, folder.list())
  t.strictSame(
    files.flatMap((file) => folder.open(file).lines),
    ['a', 'b'],
  )
  t.end()
})

t.test('a dated name has the current time, and is never earlier than the newest name', (t) => {
  const folder = new ImaginaryFolder()
  folder.time = Date.UTC(2025, 0, 30, 12)
  const protocol = new RotationProtocol(path, 'dated', folder, () => folder.time)
  for (const later of [0, 0, -60_000, 1000]) {
    folder.time += later
    folder.append(folder.open(path), 'a')
    runSteps(protocol.rotate(folder.stat(path) as NamedFile))
  }
  folder.time += 120_000
  folder.append(folder.open(path), 'a')
  runSteps(protocol.rotate(folder.stat(path) as NamedFile))
  const dates = ['120000Z', '120000Z-2', '120000Z-3', '120000Z-4', '120101Z']
  t.strictSame(folder.list(), [...dates.map((date) => `train.log.20250130T${date}`), 'train.log'])
  t.end()
})
