/** Runs the blocks of a document in order, in an empty folder. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, type Surroundings } from './app.ts'
import { blocksOf } from './blocks.ts'
import { type PageNotes, planOf, type Step } from './plan.ts'

/** Runs a check, and reports its result under a name. */
export type Check = (what: string, verify: () => Promise<void>) => Promise<void>

/**
 * Runs a page in `dir`, and checks each step.
 * @param page the path of the page in the repository
 * @returns the paths of the page's programs in `dir`
 */
export async function runPage(
  page: string,
  notes: PageNotes,
  dir: string,
  around: Surroundings,
  check: Check,
): Promise<string[]> {
  const text = readFileSync(join(around.root, page), 'utf8')
  if (blocksOf(text).every(({ language }) => language === 'text')) return []
  let steps: Step[] = []
  const app = new App(dir, around)
  await check(`${page}: setup, and a way to run each block`, async () => {
    steps = planOf(text, notes)
    if (steps.length > 0) await app.prepare(text, notes)
  })
  for (const step of steps) {
    const { needs } = step.expected
    const tools = needs ? (around.tools?.[needs] ?? []) : [undefined]
    const name = `${page}:${step.line}: ${step.name}`
    if (tools.length === 0) console.log(`# ${name}: not run, because it needs ${needs}`)
    for (const tool of tools) await check(tool ? `${name} (${tool.name})` : name, () => app.take(step, tool))
  }
  await app.end()
  const programs = steps.filter(({ action }) => action === 'run' || action === 'save')
  for (const { name, text } of programs) app.write(name, text)
  return programs.map(({ name }) => join(dir, name))
}
