/** Counts the checks of a program that verifies packed packages, and reports each of them. */
import { execFileSync } from 'node:child_process'

const failures: string[] = []
let passed = 0

export function check(what: string, verify: () => void): void {
  try {
    verify()
    pass(what)
  } catch (error) {
    fail(what, error)
  }
}

export async function checkAsync(what: string, verify: () => Promise<void>): Promise<void> {
  try {
    await verify()
    pass(what)
  } catch (error) {
    fail(what, error)
  }
}

function pass(what: string): void {
  passed += 1
  console.log(`ok - ${what}`)
}

function fail(what: string, error: unknown): void {
  const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string }
  failures.push(what)
  console.log(`not ok - ${what}\n${message}\n${stdout}${stderr}`)
}

/** Runs a command and returns what it prints. */
export function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** @throws if the two are not the same as JSON */
export function expectEqual(actual: unknown, expected: unknown): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== e) throw new Error(`expected ${e}\nreceived ${a}`)
}

/** Prints the result, and sets the exit code. */
export function report(): void {
  console.log(`${passed} passed, ${failures.length} failed`)
  process.exitCode = failures.length === 0 ? 0 : 1
}
