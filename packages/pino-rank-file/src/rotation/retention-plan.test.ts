import t from 'tap'
import { type Found, planRetention } from './retention-plan.ts'

/** Returns files of 10 bytes with the given inode numbers. A file is regular, unless its name contains "link". */
function found(numbers: Record<string, number>): Map<string, Found> {
  const file = (ino: number, name: string) => ({
    dev: 1,
    ino,
    size: 10,
    mtimeMs: 0,
    ctimeMs: 0,
    regular: !name.includes('link'),
  })
  return new Map(Object.entries(numbers).map(([name, ino]) => [name, file(ino, name)]))
}

const settings = { atStart: false, names: 'numbered', gzip: true, own: true } as const

function plan(files: Record<string, number>, limits: { keepFiles?: number; keepBytes?: number }) {
  const { toDelete, toKeep } = planRetention(
    found(files),
    { base: 'train.log', settings: { ...settings, ...limits } },
    () => 0,
  )
  return { toDelete, toKeep: toKeep.map(({ name }) => name) }
}

const rotated = { 'train.log.1': 1, 'train.log.2': 2, 'train.log.3': 3 }

for (const [name, moving] of [
  ['still has the log’s name', { 'train.log': 3 }],
  ['has a private name of the rotation', { 'train.log': 4, '.train.log.out-7-abcd-0': 3 }],
] as const) {
  t.test(`a file that ${name} is still being moved, so it is neither kept nor deleted`, async (t) => {
    const files = { ...rotated, ...moving }
    t.strictSame(plan(files, {}), { toDelete: [], toKeep: ['train.log.1', 'train.log.2'] }, 'it is not compressed')
    t.strictSame(
      plan(files, { keepFiles: 1 }),
      { toDelete: ['train.log.1'], toKeep: ['train.log.2'] },
      'it does not count',
    )
    t.strictSame(
      plan(files, { keepBytes: 10 }),
      { toDelete: ['train.log.1'], toKeep: ['train.log.2'] },
      'its bytes do not count',
    )
  })
}

t.test('an older file that is still being moved is not deleted, even beyond the limit', async (t) => {
  const files = { ...rotated, 'train.log': 4, '.train.log.out-7-abcd-0': 1 }
  t.strictSame(plan(files, { keepFiles: 1 }), { toDelete: ['train.log.2'], toKeep: ['train.log.3'] })
})
