/**
 * Runs the pages with blocks that need more than Node: under the launchers and with the readers that the blocks name, as
 * `npm run verify:documents` runs the others. Needs a package registry.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { blocksOf } from '../../dist/documents/blocks.js'
import { notes } from '../../dist/documents/notes.js'
import { PackageRegistry } from '../../dist/documents/package-registry.js'
import { runPage } from '../../dist/documents/run-page.js'
import { node, runProcess } from '../../dist/kit/start-process.js'
import { judge, missing } from './python.ts'
import { startTools, toolsIn } from './tools.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'documents-'))
const registry = await PackageRegistry.start(join(work, 'registry'), join(root, 'packages'))
t.teardown(async () => {
  await registry.stop()
  rmSync(work, { recursive: true, force: true })
})

const kubernetes = 'docs/guides/kubernetes.md'
const pages = [...notes.keys()].filter((page) => toolsIn(notes.get(page) ?? {}).length > 0)

/** Runs all blocks of a page that this machine can run. Returns the folder. */
async function runBlocks(t: Test, page: string): Promise<string> {
  const dir = join(work, page.replaceAll('/', '-'))
  const note = notes.get(page) ?? {}
  const around = { owner: t, root, registry, tools: await startTools(t, note, dir) }
  await runPage(page, note, dir, around, async (what, verify) => {
    await t.test(what, verify)
  })
  return dir
}

for (const page of pages) t.test(page, { timeout: 300_000 }, async (t) => void (await runBlocks(t, page)))

interface Job {
  metadata: { name: string }
  spec: { completionMode: string; completions: number; template: { spec: { containers: [Container] } } }
}

interface Container {
  command: string[]
  env: { name: string; valueFrom: { fieldRef: { fieldPath: string } } }[]
}

const skip = missing() ?? false
t.test(`${kubernetes}: the Job is valid, and each of its pods logs what the guide says`, { skip }, async (t) => {
  const dir = await runBlocks(t, kubernetes)
  const blocks = blocksOf(readFileSync(join(root, kubernetes), 'utf8'))
  const { text: yaml = '' } = blocks.find(({ language }) => language === 'yaml') ?? {}
  const file = join(dir, 'job.yaml')
  writeFileSync(file, yaml)
  const job = await judge<Job>('read_manifest', file)
  const { completionMode, completions, template } = job.spec
  t.equal(completionMode, 'Indexed')
  const commands = blocks.at(-1)?.text.split('\n') ?? []
  t.strictSame(commands, [
    'kubectl apply -f job.yaml',
    `kubectl logs --selector job-name=${job.metadata.name} --tail -1 --prefix`,
  ])
  t.match(yaml, /^# job\.yaml\n/, 'the name of the file in the commands')

  // What Kubernetes sets for each pod of the job.
  const uid = 'b4a5a3f2-4c1e-4a1b-9a1e-3a1f5c6d7e8f'
  const labels: Record<string, string> = { 'batch.kubernetes.io/controller-uid': uid, 'job-name': job.metadata.name }
  const { command, env } = template.spec.containers[0]
  const given = env.map(({ name, valueFrom }) => {
    const [, label = ''] = /^metadata\.labels\['(.*)'\]$/.exec(valueFrom.fieldRef.fieldPath) ?? []
    return [name, labels[label]]
  })
  const logs: string[][] = []
  for (let index = 0; index < completions; index++) {
    const pod = { ...Object.fromEntries(given), JOB_COMPLETION_INDEX: String(index) }
    const { code, stdout, stderr } = await runProcess(t, [...node, ...command.slice(1)], { cwd: dir, env: pod })
    t.strictSame([command[0], code, stderr], ['node', 0, ''])
    logs.push(stdout.trimEnd().split('\n').map((line) => JSON.parse(line)).map(({ rank, msg }) => `${rank} ${msg}`)) // biome-ignore format: a line
  }
  t.strictSame(logs, [['0 started', '0 no such shard'], ['1 no such shard'], ['2 no such shard'], ['3 no such shard']])
})
