import { oneLine, RankError } from 'pino-rank/sink'
import { removeLeftovers } from './disks/index.ts'
import {
  absentText,
  checkPlaces,
  helpText,
  type Measurable,
  type Outputs,
  type RunCommand,
  readCommandLine,
  readFigures,
} from './options/index.ts'
import { findRivals, modes, rivalNames } from './ranks/index.ts'
import {
  answerMarkdown,
  compareText,
  durationText,
  failedSentences,
  failures,
  type Result,
  writeFigures,
} from './results/index.ts'
import { runContention } from './suite/index.ts'
import { Interruption, Progress } from './terminal/index.ts'

/** Runs the command line. @returns the exit code: 0, 1 if something measured is wrong, 2 for an invalid command line, 130 after Ctrl-C */
export async function main(args: readonly string[], version: string): Promise<number> {
  process.stdout.on('error', ignoreGoneReader)
  try {
    const here = measurable()
    const line = readCommandLine(args, here, process.cwd())
    if (line.command === 'run') return await run(line, here)
    process.stdout.write(line.command === 'help' ? helpText(here) : `${version}\n`)
    return 0
  } catch (error) {
    if (error instanceof RankError) process.stderr.write(`${error.message}\n`)
    else note((error as Error).stack ?? String(error)) // a fault of ours or of the machine: say where
    return error instanceof RankError ? 2 : 1
  }
}

/** Returns what can be measured with the packages that are installed here. */
function measurable(): Measurable {
  const found = findRivals()
  const isHere = (rival: (typeof rivalNames)[number] | undefined) => rival === undefined || found.has(rival)
  return {
    modes: modes.filter(({ rival }) => isHere(rival)).map(({ name }) => name),
    absent: rivalNames.filter((rival) => !isHere(rival)),
  }
}

async function run(command: RunCommand, { absent }: Measurable): Promise<number> {
  const outputs = checkPlaces(command, process.cwd(), new Date())
  const old = command.compare === undefined ? undefined : readFigures(command.compare)
  for (const left of removeLeftovers(command.suite.dir)) note(`removed what a killed run left: ${left}`)
  if (absent.length > 0) note(absentText(absent))
  const interruption = new Interruption()
  try {
    const result = await measure(command, interruption.signal)
    return interruption.exitCode ?? (await report(result, command, outputs, old))
  } catch (error) {
    if (interruption.exitCode === undefined) throw error
    note('interrupted; nothing is left')
    return interruption.exitCode
  } finally {
    interruption.close()
  }
}

/** Runs the suite, with its plan and its progress on stderr. */
async function measure({ suite, quick }: RunCommand, signal: AbortSignal): Promise<Result> {
  const progress = new Progress(process.stderr)
  progress.show('measuring the disks, and one job for the estimate')
  let isPlanned = false
  try {
    return await runContention(suite, {
      onPlan: (totalMs, jobs) => {
        progress.clear()
        note(
          isPlanned ? `after the first round: about ${durationText(totalMs)}` : planText(suite, quick, totalMs, jobs),
        )
        isPlanned = true
      },
      onCell: (text, doneMs, totalMs) => progress.show(progressText(text, doneMs, totalMs)),
      signal,
    })
  } finally {
    progress.clear()
  }
}

function planText({ dir, disks, rounds }: RunCommand['suite'], quick: boolean, totalMs: number, jobs: number): string {
  const size = `${jobs} jobs in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`
  const about = quick ? 'a smoke run, whose figures mean nothing: ' : ''
  return `${about}${size}, on ${disks.join(', ')} (${dir}): about ${durationText(totalMs)}. Ctrl-C ends it.`
}

function progressText(text: string, doneMs: number, totalMs: number): string {
  const percent = totalMs > 0 ? Math.min(100, Math.floor((100 * doneMs) / totalMs)) : 100
  return `${percent} %, ${durationText(Math.max(0, totalMs - doneMs))} left: ${text}`
}

/** Writes the answer, the comparison and the files. @returns the exit code */
async function report(result: Result, { quick }: RunCommand, { json, report }: Outputs, old?: Result): Promise<number> {
  const comparison = old && compareText(old, result)
  process.stdout.write(quick ? quickText(result) : answerMarkdown(result))
  for (const warning of quick ? [] : result.noise.warnings) note(`warning: noisy: ${warning}`)
  for (const message of result.messages) note(`warning: ${oneLine(message)}`)
  if (comparison) process.stdout.write(`\n${comparison.markdown}`)
  if (json !== undefined) note(`figures: ${writeFigures(json, result)}`)
  if (report !== undefined) await draw(result, report)
  const wrong = [...failures(result), ...(comparison?.slower ?? [])]
  for (const text of wrong) note(text)
  return wrong.length > 0 ? 1 : 0
}

function quickText(result: Result): string {
  const failed = failedSentences(result)
  const ran = failed.length > 0 ? `${failed.join('\n')}\nAll else ran.` : 'Everything ran.'
  return `${ran} These figures mean nothing, so there is no answer: leave --quick out.\n`
}

/** Writes the report. What draws it is large, so it is loaded only here. */
async function draw(result: Result, dir: string): Promise<void> {
  const { writeReport } = await import('./report/index.ts')
  const paths = await writeReport(result, dir)
  note(`report: ${paths.find((path) => path.endsWith('.html')) ?? dir}`)
}

function note(text: string): void {
  process.stderr.write(`ranklog-bench: ${text}\n`)
}

/** Ignores that the reader of stdout has closed the pipe, as `| head` does. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
