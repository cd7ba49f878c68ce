import { join } from 'node:path'
import fileTarget, { rank as file, fileStream } from 'pino-rank-file'
import { lineFileSettings } from 'pino-rank-file/append'
import splitTarget, { rank as split, splitStream } from 'pino-rank-split'
import stdoutTarget, { rank as stdout, stdoutStream } from 'pino-rank-stdout'
import t from 'tap'
import { gateOptionKeys } from '../../packages/pino-rank/dist/sink/declaration.js'

// An error about an unknown option lists the options of that entry, and no others.

const self = { rank: 3, launcher: 'test', worldSize: 4 }

const flush = ['flushBytes', 'flushMs', 'flushLevel']
const overflow = ['queueBytes', 'overflow', 'blockMs']
const stdoutLines = [...flush, ...overflow, 'merge', 'collector']
const lines = [
  ...['path', 'mkdir', 'mode', 'runDirectory', 'attemptFolder', 'followSymlinks', ...flush],
  ...[...overflow, 'fsync', 'fsyncMs', 'rotate', 'current'],
]
const gate = ['rank', 'onBadRank', 'rankKey', 'ranks', 'others', 'level']
const signals = ['reopenOn', 'rotateOn', 'handleSignals']
const rotate = ['maxBytes', 'every', 'timeZone', 'atStart', 'names', 'keepFiles', 'keepBytes', 'keepDays', 'gzip']

type Entry = (options: never) => unknown

const entries: [name: string, entry: Entry, takes: string[]][] = [
  ['pino-rank-file, the target', fileTarget, [...lines, ...signals, ...gate]],
  ['pino-rank-file, checked by rankLogger', (options) => file.check?.(options, self), [...lines, ...signals, ...gate]],
  ['pino-rank-file, append', (options) => file.append?.(options, self), [...lines, ...signals, ...gate]],
  ['fileStream', fileStream, [...lines, ...signals, 'customLevels', 'ranks', 'rank', 'onBadRank']],
  ['pino-rank-split, the target', splitTarget, [...lines, ...signals, ...gate]],
  [
    'pino-rank-split, checked by rankLogger',
    (options) => split.check?.(options, self),
    [...lines, ...signals, ...gate],
  ],
  ['pino-rank-split, append', (options) => split.append?.(options, self), [...lines, ...signals, ...gate]],
  ['splitStream', splitStream, [...lines, ...signals, 'customLevels', 'rank', 'onBadRank']],
  ['pino-rank-stdout, the target', stdoutTarget, [...stdoutLines, ...gate]],
  ['pino-rank-stdout, checked by rankLogger', (options) => stdout.check?.(options, self), [...stdoutLines, ...gate]],
  ['stdoutStream', stdoutStream, [...stdoutLines, 'customLevels']],
  ['lineFileSettings', (options) => lineFileSettings('x', options, self, (path) => path), lines],
  [
    'lineFileSettings, with options of the sink’s',
    (options) => lineFileSettings('x', options, self, (path) => path, { extraKeys: ['colour'] }),
    [...lines, 'colour'],
  ],
]

const takesPath = (entry: Entry) => entries.some(([, other, takes]) => other === entry && takes.includes('path'))

/** Returns the message with which `entry` rejects the name of an option. Returns undefined if it accepts the name. */
function refusal(entry: Entry, name: string): string | undefined {
  try {
    entry({ ...(takesPath(entry) && { path: 'train.log' }), [name]: 'SIGHUP' } as never)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'OPTION_UNKNOWN') return message
  }
  return undefined
}

const names = [...new Set([...lines, ...stdoutLines, ...gate, ...signals, 'customLevels'])]

for (const [name, entry, takes] of entries) {
  t.test(`${name}: the error for an unknown option lists exactly its options`, (t) => {
    const message = refusal(entry, 'typo')
    t.match(message, `: options: expected only ${takes.join(', ')}, received "typo"; check the spelling or remove it`)
    const accepted = names.filter((name) => refusal(entry, name) === undefined)
    t.strictSame(accepted.sort(), takes.filter((name) => name !== 'colour').sort())
    t.end()
  })
}

for (const [name, entry] of entries.filter(([, , takes]) => takes.includes('rotate'))) {
  t.test(`${name}: the error for a misplaced field of rotate says where it belongs`, (t) => {
    for (const part of rotate) t.match(refusal(entry, part), `received "${part}"; did you mean rotate.${part}?`)
    t.end()
  })
}

t.test('targets accept the internal options that rankLogger and openSink add', (t) => {
  const added = gateOptionKeys.filter((name) => !gate.includes(name))
  t.strictSame(added, ['gate', 'open', 'cwd'])
  const path = join(t.testdir(), 'train.log')
  for (const open of [fileTarget, splitTarget]) open({ path, rank: self, gate: false, open: true, cwd: '/' }).end()
  stdoutTarget({ rank: self, gate: false, open: true, cwd: '/' }).end()
  t.end()
})
