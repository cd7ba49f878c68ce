import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  cleanEnvironment,
  type Exit,
  node,
  type Owner,
  startProcess,
  type TestProcess,
} from '../../dist/kit/start-process.js'

const folder = fileURLToPath(new URL('../.pm2', import.meta.url))
const version = '7.0.4'
const binary = join(folder, 'node_modules/pm2/bin/pm2')

/** Returns the reason why PM2 is missing, or false. */
export function pm2Missing(): string | false {
  return existsSync(binary) ? false : 'needs PM2, and a registry to install it from'
}

/** Installs PM2 in its own folder if it is missing. @returns the reason why it cannot be installed, or undefined */
export function makePm2(): string | undefined {
  const manifest = join(folder, 'node_modules/pm2/package.json')
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version) return undefined
  try {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { pm2: version } }))
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return `PM2 cannot be installed: ${(error as Error).message.split('\n')[0]}`
  }
  return undefined
}

/** A PM2 daemon of one test, with its own home folder. The daemon and its apps end with the test. */
export class Pm2 {
  readonly home: string = mkdtempSync(join(tmpdir(), 'pm2-')) // short: the addresses of PM2's sockets contain it
  readonly #owner: Owner
  readonly #cwd: string
  /** The program, and the variables with which it uses this daemon. */
  readonly command: readonly string[] = [...node, binary]
  readonly env: NodeJS.ProcessEnv = { PM2_HOME: this.home, PM2_DISABLE_VERSION_CHECK: 'true' }

  constructor(owner: Owner, cwd: string) {
    this.#owner = owner
    this.#cwd = cwd
    owner.teardown(() => {
      execFileSync(process.execPath, [binary, 'kill'], {
        env: { ...cleanEnvironment(), ...this.env },
        stdio: 'ignore',
      })
      rmSync(this.home, { recursive: true, force: true })
    })
  }

  /** Starts a command of PM2. */
  start(...args: readonly string[]): TestProcess {
    return startProcess(this.#owner, [...this.command, ...args], { cwd: this.#cwd, env: this.env })
  }

  /** Runs a command of PM2 to its end. */
  run(...args: readonly string[]): Promise<Exit> {
    return this.start(...args).exit
  }

  /** Returns the text of PM2's own log. */
  daemonLog(): string {
    return readFileSync(join(this.home, 'pm2.log'), 'utf8')
  }
}
