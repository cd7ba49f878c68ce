import { countText } from 'pino-rank/sink'
import type { Estimate } from '../stats/index.ts'
import { type Effect, effectOf, hardestQuestions, minRounds, type Question, roundRatio, total } from './cells.ts'
import { diskText } from './disk-text.ts'
import { failedSentences } from './failures.ts'
import { listText, rangeText, timesText } from './figures.ts'
import { isOurs, kindOf } from './modes.ts'
import type { Cell, Disk, Result } from './result.ts'
import { slopeSentences } from './slope-text.ts'

/** Disks for the sentence about a second disk, in order of preference. */
const secondDisks: readonly Disk['name'][] = ['throttled', 'fsync', 'tmpfs']

/**
 * Returns the short answer: a few sentences. A sentence claims a difference only if both its interval and that of the control
 * support it.
 */
export function shortAnswer(result: Result): string[] {
  const questions = hardestQuestions(result)
  const first = questions.find(({ disk }) => disk.name === 'given') ?? questions[0]
  const others = questions.filter((question) => question !== first)
  const second = secondDisks.flatMap((name) => others.filter(({ disk }) => disk.name === name))[0]
  const missing = [...(second ? [] : unmeasuredDisks(result)), ...failedSentences(result)]
  if (first === undefined) return ['No mode was measured, so there is no answer.', ...missing]
  return [
    ungatedSentence(first),
    gatedSentence(first),
    ...(second ? [otherDiskSentence(second)] : []),
    ...missing,
    ...slopeSentences(result, first),
    lossSentence(result),
    noiseSentence(result, first),
  ]
}

function ungatedSentence(question: Question): string {
  const { ranks, linesPerStep, baseline, disk } = question
  const lines = countText(linesPerStep, 'line')
  const job = ranks === 1 ? `1 rank that logs ${lines} a step` : `${ranks} ranks that each log ${lines} a step`
  const start = `On ${diskText(disk)}, with ${job},`
  const found = ungated(question)
  if (baseline === undefined)
    return `${start} no run without logging was measured to compare with, so the cost is not known.`
  if (found.length === 0) return `On ${diskText(disk)} no mode in which every rank logs was measured.`
  const rounds = Math.min(...found.map(({ cell }) => cell.rounds.length), baseline.rounds.length)
  if (rounds < minRounds)
    return `${start} ${countText(rounds, 'round')} cannot show what logging costs; ${minRounds} can.`
  const [best, worst] = [found[0], found.findLast(({ effect }) => effect === 'slower')]
  if (worst === undefined) return `${start} logging makes no difference that this run can show: ${spanOf(found)}.`
  const isOnly = best === worst
  const name = isOnly ? worst.cell.mode : `${worst.cell.mode}, the slowest mode`
  const claim = `${start} a step takes ${lengthText(worst)}${asWithout} (p99 of ${name}; ${intervalText(worst.ratio)}).`
  return isOnly || !best ? claim : `${claim} With the fastest one, ${best.cell.mode}, it takes ${judgedText(best, '')}.`
}

function gatedSentence(question: Question): string {
  const gated = gatedOf(question)
  if (gated === undefined) return 'Gated logging was not measured, so what it saves is not known.'
  if (gated.effect === 'open')
    return `${countText(gated.cell.rounds.length, 'round')} cannot show what gated logging costs.`
  if (question.ranks === 1)
    return `With gated logging a step takes ${judgedText(gated)}. One rank has nothing to gate out: take more ranks to see what gating saves.`
  return `With gated logging, where rank 0 alone writes, a step takes ${judgedText(gated)}.`
}

function otherDiskSentence(question: Question): string {
  const found = ungated(question)
  const gated = gatedOf(question)
  const worst = found.findLast(({ effect }) => effect === 'slower')
  const isOpen = [...found, ...(gated ? [gated] : [])].some(({ effect }) => effect === 'open')
  const start = `On ${diskText(question.disk)}`
  if (isOpen) return `${start} there were too few rounds to show a difference.`
  if (found.length === 0 && !gated) return `${start} no mode that logs was measured.`
  const all = worst
    ? [`a step takes ${lengthText(worst)}${asWithout} (${worst.cell.mode}; ${intervalText(worst.ratio)})`]
    : found.length > 0
      ? [`logging makes no difference that this run can show (${spanOf(found)})`]
      : []
  const ours = gated
    ? [`with gated logging ${worst ? 'it' : 'a step'} takes ${judgedText(gated, worst ? '' : asWithout)}`]
    : []
  return `${start} ${[...all, ...ours].join('; ')}.`
}

interface Found {
  cell: Cell
  ratio: Estimate
  effect: Effect
}

/** Returns the modes of other loggers in which every rank writes, the cheapest first. */
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

const asWithout = ' as without logging'

/**
 * Returns a ratio, and what it shows, as the end of a sentence.
 *
 * @param base what the time is compared with
 */
function judgedText(found: Found, base = asWithout): string {
  const figure = `${lengthText(found)}${base} (${intervalText(found.ratio)})`
  if (found.effect === 'same') return `${figure}: no more than the noise of this run`
  return found.effect === 'faster' ? `${figure}: it cannot be shorter, so the machine changed during the run` : figure
}

/** Returns for example `3.1 × as long`. */
function lengthText({ ratio }: Found): string {
  return `${timesText(ratio.median)} as long`
}

function intervalText({ low, high }: Estimate): string {
  return `95 % interval ${rangeText(low, high)}`
}

/** Returns the range of the ratios of several modes, as a sentence. */
function spanOf(found: readonly Found[]): string {
  const [least, most] = [found[0], found.at(-1)]
  return `p99 is ${rangeText(least?.ratio.median ?? 1, most?.ratio.median ?? 1)} × that of no logging`
}

/** Returns a sentence that names the disks without figures, with the reasons. */
function unmeasuredDisks({ disks, cells }: Result): string[] {
  const missing = disks.filter(({ name }) => !cells.some((cell) => cell.disk === name))
  if (missing.length === 0) return []
  const reasons = missing.map(({ name, note }) => `${name}${note ? ` (${note.replace(/\.$/, '')})` : ''}`)
  return [`No figures of a disk: ${listText(reasons)}.`]
}

/** Returns a sentence that names the modes in which lines were lost, torn or written twice, our sinks first. */
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
  return `No logging, measured a second time as the control, took ${timesText(ratio.median)} as long (${intervalText(ratio)}).`
}
