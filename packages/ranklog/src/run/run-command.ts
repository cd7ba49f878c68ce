import type { Command } from '../cli/index.ts'
import { busyWindowMs, defaultWindowMs } from './run-window.ts'

export const runCommand: Command = {
  name: 'run',
  usage: '[OPTIONS] PROGRAM [ARGS...]',
  takesProgram: true,
  about: 'start the ranks of a job, merge their output and report which rank failed first',
  options: {
    nproc: {
      value: 'N',
      short: 'n',
      aliases: ['--nproc-per-node', '-np', '--np'],
      about: 'number of ranks on this host (default: 1)',
    },
    nnodes: { value: 'N', about: 'number of hosts; run this command on each of them (default: 1)' },
    'node-rank': { value: 'N', about: 'number of this host, from 0 (default: 0)' },
    master: { value: 'HOST:PORT', about: 'MASTER_ADDR and MASTER_PORT of the ranks (default: this host, a free port)' },
    'run-id': { value: 'ID', about: 'ID of the run, RANKLOG_RUN_ID (default: random)' },
    'max-restarts': { value: 'N', about: 'how often to restart all ranks after a failure (default: 0)' },
    grace: { value: 'SECONDS', about: 'time between SIGTERM and SIGKILL after the first failure (default: 10)' },
    'log-dir': { value: 'DIR', about: 'also write the output of each rank to a file, for example DIR/out.rank-3.log' },
    window: {
      value: 'MS',
      about: `how long a line waits for earlier lines of silent ranks (default: ${defaultWindowMs}, up to ${busyWindowMs} for busy ones)`,
    },
    label: {
      value: 'TEXT',
      about: 'label in front of each line, for example "[{rank}] " (default on a terminal: the rank)',
    },
    raw: { about: 'write lines to a terminal unchanged, with control characters' },
    json: { about: 'report the rank that failed first as one line of JSON, on stderr' },
    help: { short: 'h', about: 'show this help' },
  },
  examples: [
    ['ranklog run -n 8 node train.js', "starts eight ranks with torchrun's variables: RANK, LOCAL_RANK, WORLD_SIZE"],
    ['ranklog run -n 8 --log-dir logs python train.py', 'starts any program, and also writes one file per rank'],
    ['ranklog run -n 8 --max-restarts 3 node train.js', 'restarts all ranks after a failure, as the next attempt'],
    ['ranklog run -n 8 node train.js | jq .loss', 'writes NDJSON for other programs'],
  ],
  async run(given, io) {
    const { runJob } = await import('./run-job.ts') // loaded here, so that other commands start sooner
    return runJob(given, io)
  },
}
