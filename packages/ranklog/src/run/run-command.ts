import type { Command } from '../cli/index.ts'
import { busyWindowMs, defaultWindowMs } from './run-window.ts'

export const runCommand: Command = {
  name: 'run',
  usage: '[OPTIONS] -- PROGRAM [ARGS...]',
  about: 'starts the ranks of a job; one ordered output of whole lines, and who failed first',
  options: {
    nproc: { value: 'N', short: 'n', about: 'ranks on this host (default: 1)' },
    nnodes: { value: 'N', about: 'hosts; each of them runs this command (default: 1)' },
    'node-rank': { value: 'N', about: 'which of them this is (default: 0)' },
    master: { value: 'HOST:PORT', about: 'where ranks meet (default: this host, a free port)' },
    'run-id': { value: 'ID', about: 'name of the run, for RANKLOG_RUN_ID (default: by chance)' },
    'max-restarts': { value: 'N', about: 'how often all ranks are started again after a failure (default: 0)' },
    grace: { value: 'SECONDS', about: 'between SIGTERM and SIGKILL, after the first failure (default: 10)' },
    'log-dir': { value: 'DIR', about: 'a file for each rank, with all that it prints: DIR/out.rank-3.log' },
    window: {
      value: 'MS',
      about: `how long a line waits for silent ranks (default: ${defaultWindowMs}, up to ${busyWindowMs} for busy ones)`,
    },
    label: { value: 'TEXT', about: 'before each line, e.g. "[{rank}] "; on a terminal the rank is there anyway' },
    raw: { about: 'the lines as they are on a terminal, too' },
    json: { about: 'who failed first as one line of JSON, on stderr' },
    help: { short: 'h', about: 'this text' },
  },
  examples: [
    ['ranklog run -n 8 -- node train.js', 'eight ranks, by the names of torchrun: RANK, LOCAL_RANK, WORLD_SIZE'],
    ['ranklog run -n 8 --log-dir logs -- python train.py', 'any program; a file for each rank, too'],
    ['ranklog run -n 8 --max-restarts 3 -- node train.js', 'start again, with the next attempt'],
    ['ranklog run -n 8 -- node train.js | jq .loss', 'NDJSON for programs'],
  ],
  async run(given, io) {
    const { runJob } = await import('./run-job.ts') // other commands do without
    return runJob(given, io)
  },
}
