/** The checks of the `verify-*` programs. Each is reported on stdout, and a failed one does not end the program. */
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

/** Runs a command, and returns its stdout. @throws {Error} with its stderr if it fails */
export function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Compares two values as JSON. @throws {Error} if they differ */
export function expectEqual(actual: unknown, expected: unknown): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== e) throw new Error(`expected ${e}\nreceived ${a}`)
}

/** Prints the number of checks, and sets the exit code to 1 if one has failed. */
export function report(): void {
  console.log(`${passed} passed, ${failures.length} failed`)
  process.exitCode = failures.length === 0 ? 0 : 1
}
