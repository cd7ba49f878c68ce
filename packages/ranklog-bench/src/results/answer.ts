import { countText } from 'pino-rank/sink'
import type { Estimate } from '../stats/index.ts'
import { type Effect, effectOf, hardestQuestions, minRounds, type Question, roundRatio, total } from './cells.ts'
import { listText, rangeText, rateText, timesText } from './figures.ts'
import { isOurs, kindOf } from './modes.ts'
import type { Cell, Disk, Result } from './result.ts'

/** Of several disks, the second sentence about one is of the first of these that was measured. */
const secondDisks: readonly Disk['name'][] = ['throttled', 'fsync', 'tmpfs']

/**
 * Returns the answer to the question in three to five sentences. A sentence speaks of a difference only if its interval, and that of
 * the control, support one.
 */
export function shortAnswer(result: Result): string[] {
  const questions = hardestQuestions(result)
  const first = questions.find(({ disk }) => disk.name === 'given') ?? questions[0]
  const others = questions.filter((question) => question !== first)
  const second = secondDisks.flatMap((name) => others.filter(({ disk }) => disk.name === name))[0]
  if (first === undefined) return ['No mode was measured, so there is no answer.', ...unmeasuredDisks(result)]
  return [
    ungatedSentence(first),
    gatedSentence(first),
    ...(second ? [otherDiskSentence(second)] : unmeasuredDisks(result)),
    lossSentence(result),
    noiseSentence(result, first),
  ].slice(0, 5)
}

function ungatedSentence(question: Question): string {
  const { ranks, linesPerStep, baseline } = question
  const lines = countText(linesPerStep, 'line')
  const job = ranks === 1 ? `1 rank that logs ${lines} a step` : `${ranks} ranks that each log ${lines} a step`
  const start = `On ${diskText(question.disk)} ${job}`
  const [make, step] = ranks === 1 ? ['makes', 'its step'] : ['make', "the slowest rank's step"]
  const found = ungated(question)
  if (baseline === undefined)
    return `${start} ${ranks === 1 ? 'was' : 'were'} not compared with no logging, so the cost is not known.`
  if (found.length === 0) return `On ${diskText(question.disk)} no mode in which every rank logs was measured.`
  const rounds = Math.min(...found.map(({ cell }) => cell.rounds.length), baseline.rounds.length)
  if (rounds < minRounds)
    return `${start}: ${countText(rounds, 'round')} cannot show what that costs; ${minRounds} can.`
  const slower = found.filter(({ effect }) => effect === 'slower')
  const [worst, best] = [slower.at(-1), found[0]]
  if (worst === undefined) return `${start} ${make} no difference to ${step} that this run can show: ${spanOf(found)}.`
  const claim = `${start} ${make} ${step} ${timesText(worst.ratio.median)} as long as without logging`
  const rest = best && best !== worst ? `; at best, with ${best.cell.mode}, ${judgedText(best)}` : ''
  return `${claim} (${worst.cell.mode}, p99, ${intervalText(worst.ratio)})${rest}.`
}

function gatedSentence(question: Question): string {
  const gated = gatedOf(question)
  if (gated === undefined) return 'Gated logging was not measured, so what it saves is not known.'
  if (question.ranks === 1)
    return `Gated: ${judgedText(gated)}; with one rank nothing is gated out, so take more ranks to see what gating saves.`
  return `Gated, where rank 0 alone writes: ${judgedText(gated)}.`
}

function otherDiskSentence(question: Question): string {
  const found = ungated(question)
  const gated = gatedOf(question)
  const worst = found.findLast(({ effect }) => effect === 'slower')
  const open = found.some(({ effect }) => effect === 'open')
  const all = worst
    ? `${timesText(worst.ratio.median)} (${worst.cell.mode}, ${intervalText(worst.ratio)})`
    : open
      ? 'too few rounds'
      : `no difference that this run can show${found.length > 0 ? `: ${spanOf(found)}` : ''}`
  const parts = [
    ...(found.length > 0 ? [`every rank logs: ${all}`] : []),
    ...(gated ? [`gated: ${judgedText(gated)}`] : []),
  ]
  return `On ${diskText(question.disk)}: ${parts.join('; ') || 'no logging alone was measured'}.`
}

interface Found {
  cell: Cell
  ratio: Estimate
  effect: Effect
}

/** Returns the modes in which every rank writes by a rival, the cheapest first. */
function ungated(question: Question): Found[] {
  return question.modes
    .filter(({ mode }) => kindOf(mode) === 'ungated')
    .flatMap((cell) => foundOf(cell, question))
    .toSorted((a, b) => a.ratio.median - b.ratio.median)
}

function gatedOf(question: Question): Found | undefined {
  return question.modes.filter(({ mode }) => kindOf(mode) === 'gated').flatMap((cell) => foundOf(cell, question))[0]
}

function foundOf(cell: Cell, question: Question): Found[] {
  const ratio = roundRatio(cell, question.baseline, 'p99')
  return ratio === null ? [] : [{ cell, ratio, effect: effectOf(cell, question) }]
}

/** Returns a ratio with what it supports. */
function judgedText({ ratio, effect, cell }: Found): string {
  const figure = `${timesText(ratio.median)} (${intervalText(ratio)})`
  if (effect === 'slower') return `${figure}, longer than without logging`
  if (effect === 'faster') return `${figure}, shorter than without logging: the machine changed during the run`
  if (effect === 'same') return `${figure}, no difference that this run can show`
  return `${countText(cell.rounds.length, 'round')} cannot show it`
}

function intervalText({ low, high }: Estimate): string {
  return `95 % interval ${rangeText(low, high)}`
}

/** Returns which ratios several modes have. */
function spanOf(found: readonly Found[]): string {
  const [least, most] = [found[0], found.at(-1)]
  return `p99 is ${rangeText(least?.ratio.median ?? 1, most?.ratio.median ?? 1)} × that of no logging`
}

/** Names a disk with what was measured of it. */
export function diskText({ name, fileSystem, bytesPerSecond }: Disk): string {
  const measured = bytesPerSecond === undefined ? 'rate not measured' : `${rateText(bytesPerSecond)} measured`
  return {
    given: `this disk (${fileSystem}, ${measured})`,
    tmpfs: `tmpfs (memory, ${measured})`,
    throttled: `the throttled disk (${fileSystem}, ${measured})`,
    fsync: `this disk with an fsync after each line (${fileSystem}, ${measured})`,
  }[name]
}

/** Says why a disk that was asked for has no figures. */
function unmeasuredDisks({ disks, cells }: Result): string[] {
  const missing = disks.filter(({ name }) => !cells.some((cell) => cell.disk === name))
  if (missing.length === 0) return []
  const reasons = missing.map(({ name, note }) => `${name}${note ? ` (${note.replace(/\.$/, '')})` : ''}`)
  return [`No figures of a disk: ${listText(reasons)}.`]
}

/** Says in which modes lines were lost, torn or written twice; ours first. */
function lossSentence({ cells }: Result): string {
  const names = cells.map(({ mode }) => mode).filter((mode) => kindOf(mode) !== 'harness')
  const modes = [...new Set(names)].toSorted((a, b) => Number(isOurs(b)) - Number(isOurs(a)))
  const bad = modes.flatMap((mode) => {
    const own = cells.filter((cell) => cell.mode === mode)
    const sum = (figure: 'lost' | 'torn' | 'twice') => own.reduce((all, cell) => all + total(cell, figure), 0)
    const parts = (['lost', 'torn', 'twice'] as const).filter((figure) => sum(figure) > 0)
    const texts = parts.map((figure) => `${sum(figure).toLocaleString('en')} ${figure}`)
    return texts.length > 0 ? [`${mode} (${listText(texts)})`] : []
  })
  if (bad.length === 0) return 'All lines of all modes were found in the files, none of them torn.'
  return `Lines lost, torn or written twice: ${listText(bad)}.`
}

function noiseSentence({ noise }: Result, { noise: ratio, control }: Question): string {
  const [first, ...others] = noise.warnings
  if (first !== undefined) {
    const more = others.length > 0 ? `, and ${countText(others.length, 'other warning')}` : ''
    return `The machine was noisy (${first}${more}): repeat this when nothing else runs.`
  }
  if (control && control.rounds.length < minRounds)
    return 'The control has too few rounds to show the noise of this machine.'
  if (!ratio) return 'No control was measured, so the noise of this machine is not known.'
  return `The control, no logging measured twice, gave ${timesText(ratio.median)} (${intervalText(ratio)}).`
}
