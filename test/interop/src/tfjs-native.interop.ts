/** The example trainer on the native packages of TensorFlow.js, on several versions of Node. This computer needs no GPU. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { NativeGradients } from '../../../examples/ddp-trainer/dist/kit/native-gradients.js'
import { node, runProcess } from '../../dist/kit/start-process.js'
import { nodeOf } from './node-version.ts'
import { copyTrainer, missingNative, type NativePackage, nativePackages } from './tfjs-native.ts'

const { INTEROP_ALL: all } = process.env
const ownDist = fileURLToPath(new URL('../../../examples/ddp-trainer/dist', import.meta.url))

/** Returns a Node of a version, or undefined if it cannot be installed. */
function tryNode(version: string, cwd: string): readonly string[] | undefined {
  try {
    return nodeOf(version, cwd)
  } catch {
    return undefined
  }
}

/** Runs a program of the trainer. Returns its stdout. */
async function run(t: Test, command: readonly string[], dist: string, program: string, ...args: string[]) {
  const { code, stdout, stderr } = await runProcess(t, [...command, join(dist, program), ...args], {
    cwd: t.testdirName,
  })
  t.equal(code, 0, stderr)
  return stdout
}

/** Trains on two ranks. Returns the parameters of both, as JSON. */
async function trainedParameters(t: Test, command: readonly string[], dist: string): Promise<[string, string]> {
  const parameters = join(t.testdirName, 'parameters')
  await run(t, command, dist, 'kit/fit.js', JSON.stringify({ devices: 2, parameters, progressBar: 'none' }))
  return [0, 1].map((rank) => readFileSync(`${parameters}.${rank}`, 'utf8')) as [string, string]
}

interface LogRecord {
  msg?: string
  backend?: { package: string; backend: string; gpu: boolean }
  metrics?: Record<string, number>
}

/** Trains the digits example for one epoch on two ranks. Checks what it says about its backend, and its accuracy. */
async function checkDigits(t: Test, command: readonly string[], dist: string, name: NativePackage, model: string) {
  await run(t, command, dist, 'train.js', '--model', model, '--devices', '2', '--epochs', '1', '--batch-size', '32')
  const version = model === 'mlp' ? 0 : 1
  const text = readFileSync(join(t.testdirName, `runs/version_${version}/train.log`), 'utf8')
  const records: LogRecord[] = text.trimEnd().split('\n').map((line) => JSON.parse(line)) // biome-ignore format: a line
  const said = records.filter(({ backend }) => backend)
  t.equal(said.length, 1, 'only rank 0 says it, once')
  t.match(said[0]?.backend, { package: `@tensorflow/${name}`, backend: 'tensorflow', gpu: false })
  t.match(said[0]?.msg, name === 'tfjs-node-gpu' ? 'trains on @tensorflow/tfjs-node-gpu without a GPU' : 'trains on @tensorflow/tfjs-node, not on @tensorflow/tfjs-node-gpu (not installed)') // biome-ignore format: a line
  const accuracy = records.flatMap(({ metrics }) => metrics?.val_acc ?? []).at(-1) ?? 0
  t.ok(accuracy > 0.85, `${model}: ${accuracy} of the digits are right`)
}

for (const name of nativePackages) {
  for (const version of all ? ['20', '22', '24'] : ['20', '24']) {
    const skip = missingNative(name) ?? false
    t.test(`${name} on Node ${version}`, { skip, timeout: 300_000 }, async (t) => {
      t.testdir()
      const command = tryNode(version, t.testdirName)
      if (!command) {
        t.pass('trains', { skip: `needs Node ${version}, and a registry to install it from` })
        return
      }
      const dist = copyTrainer(t, name)

      const gradients: NativeGradients = JSON.parse(await run(t, command, dist, 'kit/native-gradients.js'))
      t.match(gradients, { package: `@tensorflow/${name}`, gpu: false, isGPUPackage: name === 'tfjs-node-gpu' })
      for (const [model, difference] of Object.entries(gradients.differences))
        t.ok(difference <= 1e-5, `the gradients of ${model} differ from those of cpu by ${difference}`)

      const [first, second] = await trainedParameters(t, command, dist)
      t.equal(second, first, 'both ranks have the same parameters')
      const [wasm] = await trainedParameters(t, node, ownDist)
      const expected: number[] = JSON.parse(wasm)
      const found: number[] = JSON.parse(first)
      const differences = expected.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN)))
      t.ok(Math.max(...differences) < 1e-4, `the parameters are those of WASM, with ${Math.max(...differences)}`)

      for (const model of ['mlp', 'cnn']) await checkDigits(t, command, dist, name, model)

      const fits = (await run(t, command, dist, 'kit/leaks.js')).trimEnd().split('\n')
      t.equal(fits.length, 30)
      for (const fit of fits) {
        const { backend, name, steps } = JSON.parse(fit) as { backend: string; name: string; steps: object[] }
        t.equal(backend, 'tensorflow')
        const [, second, ...later] = steps
        t.strictSame(later, later.map(() => second), `${name}: no step leaves a tensor`) // biome-ignore format: a line
      }
    })
  }
}
