// Installs what the interop tests need. Reports what cannot be installed: tests that need it are skipped.
import { browser } from './browser.ts'
import { installPackages } from './debian.ts'
import { makeMpis } from './mpi.ts'
import { makeNetworkHosts } from './network-hosts.ts'
import { makePm2 } from './pm2.ts'
import { makeEnvironment, missing, torch } from './python.ts'
import { makeSlurm } from './slurm.ts'
import { Terminal } from './terminal.ts'
import { makeNative } from './tfjs-native.ts'

const reasons = [
  makeEnvironment(),
  makePictures(),
  makeMpis(),
  makeNetworkHosts(),
  makePm2(),
  makeSlurm(),
  makeTorch(),
  ...makeNative(),
]
for (const reason of reasons) if (reason) console.log(`interop: skipped: ${reason}`)

/** Installs a browser and tmux if they are missing. @returns the reason why one is missing, or undefined */
function makePictures(): string | undefined {
  if (browser() && Terminal.there()) return undefined
  installPackages('chromium', 'tmux', 'zsh', 'fish', 'fonts-dejavu-core')
  return browser() && Terminal.there() ? undefined : 'pictures: Chromium or tmux is not installed'
}

/** Installs PyTorch with `--all`: 3 GB. @returns the reason why it is missing, or undefined */
function makeTorch(): string | undefined {
  if (process.argv.includes('--all')) return makeEnvironment(torch)
  return missing(torch) && 'torchrun: PyTorch is large, so only `--all` installs it'
}
