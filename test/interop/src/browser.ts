import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Installs one where that is possible. @returns why there is none; undefined: there is one */
export function makeBrowser(): string | undefined {
  if (browser()) return undefined
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-qq', '--yes', 'chromium'], { stdio: 'ignore' })
  } catch {
    // no Debian, not root, or no registry
  }
  return browser() ? undefined : 'pictures: no Chromium here'
}

/** The command of a headless browser; undefined: there is none. */
export function browser(): string | undefined {
  return names.find((name) => {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

/** A picture of a page, once its scripts have had 20 s of their own time. */
export async function picture(url: string, file: string): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'browser-'))
  const args = [
    ...['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--user-data-dir=${profile}`],
    ...['--window-size=1200,800', '--virtual-time-budget=20000', `--screenshot=${file}`, url],
  ]
  await promisify(execFile)(browser() as string, args, { timeout: 120_000 })
  rmSync(profile, { recursive: true, force: true })
}
