import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canRun, runCommand } from '../../dist/kit/run-command.js'
import type { Owner } from '../../dist/kit/start-process.js'
import { installPackages } from './debian.ts'

/** A host of {@link startNetworkHosts}. */
export interface NetworkHost {
  address: string
  /** Adds words before a command that run it on this host, with its own folders for temporary files and sockets. */
  command(...words: string[]): string[]
  /** Disconnects the host from the others. */
  unplug(): void
}

export interface NetworkHosts {
  hosts: readonly [NetworkHost, NetworkHost]
  /** A program that runs a command on a host, in place of ssh: `remoteShell [options] ADDRESS COMMAND…`. */
  remoteShell: string
}

/** Returns the reason why this machine has no network hosts, or undefined. */
export function networkHostsMissing(): string | undefined {
  const name = nameOf('probe')
  const reason = 'needs root on Linux, and ip(8) with network namespaces and veth'
  if (!canRun('ip', 'netns', 'add', name)) return reason
  const hasCables = canRun('ip', '-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
  runCommand('ip', 'netns', 'delete', name)
  return hasCables ? undefined : reason
}

/** Installs ip(8) if it is missing. @returns the reason why there are no network hosts, or undefined */
export function makeNetworkHosts(): string | undefined {
  if (networkHostsMissing()) installPackages('iproute2')
  const reason = networkHostsMissing()
  return reason && `two hosts: ${reason}`
}

/**
 * Starts two hosts that share the files and processes of this machine: network namespaces with a cable between them. They are removed
 * at the end of their owner.
 */
export function startNetworkHosts(owner: Owner): NetworkHosts {
  const dir = mkdtempSync(join(tmpdir(), 'hosts-'))
  owner.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const addresses = ['10.77.0.1', '10.77.0.2'] as const
  for (const address of addresses) {
    runCommand('ip', 'netns', 'add', nameOf(address))
    owner.teardown(() => runCommand('ip', 'netns', 'delete', nameOf(address)))
    mkdirSync(join(dir, address))
  }
  const [first, second] = addresses.map(nameOf) as [string, string]
  runCommand('ip', '-n', first, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', second)
  for (const address of addresses) {
    const ip = (...words: string[]) => runCommand('ip', '-n', nameOf(address), ...words)
    ip('address', 'add', `${address}/24`, 'dev', 'eth0')
    for (const device of ['lo', 'eth0']) ip('link', 'set', device, 'up')
  }
  const remoteShell = join(dir, 'remote-shell')
  const script = [
    '#!/bin/sh',
    'while case $1 in -*) true;; *) false;; esac; do shift; done', // options
    'address=$1; shift',
    `exec ${wordsToEnter(dir, '$address')
      .map((word) => `"${word}"`)
      .join(' ')} sh -c "$*"`,
  ]
  writeFileSync(remoteShell, script.join('\n'), { mode: 0o700 })
  const hostAt = (address: string): NetworkHost => ({
    address,
    command: (...words) => [...wordsToEnter(dir, address), ...words],
    unplug: () => void runCommand('ip', '-n', nameOf(address), 'link', 'set', 'eth0', 'down'),
  })
  return { hosts: [hostAt(addresses[0]), hostAt(addresses[1])], remoteShell }
}

/** Returns the words before a command that run it on a host, with its own folder in `dir` for temporary files and sockets. */
function wordsToEnter(dir: string, address: string): string[] {
  const own = join(dir, address)
  return ['env', `TMPDIR=${own}`, `RANKLOG_SOCKET_DIR=${own}`, 'ip', 'netns', 'exec', nameOf(address)]
}

/** Returns the name of the namespace of a host. */
function nameOf(address: string): string {
  return `interop-${process.pid}-${address}`
}
