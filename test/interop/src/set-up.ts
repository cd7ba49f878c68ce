// Installs what the interop tests need. Reports what cannot be installed: tests that need it are skipped.
import { execFileSync } from 'node:child_process'
import { browser } from './browser.ts'
import { makeMpis } from './mpi.ts'
import { makePm2 } from './pm2.ts'
import { makeEnvironment } from './python.ts'
import { Terminal } from './terminal.ts'

for (const missing of [makeEnvironment(), makePictures(), makeMpis(), makePm2()])
  if (missing) console.log(`interop: skipped: ${missing}`)

/** Installs a browser and tmux if they are missing. @returns the reason why one is missing, or undefined */
function makePictures(): string | undefined {
  if (browser() && Terminal.there()) return undefined
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-qq', '--yes', 'chromium', 'tmux', 'zsh', 'fish', 'fonts-dejavu-core'], {
      stdio: 'ignore',
    })
  } catch {
    // not Debian, not root, or no package registry
  }
  return browser() && Terminal.there() ? undefined : 'pictures: Chromium or tmux is not installed'
}
