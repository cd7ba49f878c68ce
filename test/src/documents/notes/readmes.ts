import type { PageNotes } from '../plan.ts'
import { tensorboard } from './tensorboard.ts'

/** The blocks that need two machines. */
const twoMachines = Object.fromEntries(
  ['ranklog run -n 2 --nnodes', 'torchrun --no-python', 'mpirun --hostfile', 'ranklog merge logs'].map((command) => [
    command,
    'needs two machines: two-hosts.interop.ts runs these launchers on two network namespaces',
  ]),
)

/** The READMEs. */
export const readmes: Readonly<Record<string, PageNotes>> = {
  'README.md': {
    notRun: { 'npm run demo': 'commands of a clone: .ci/run runs both' },
    says: [{ words: '`npm install pino CLONE/*.tgz`', command: 'npm install pino "$CLONE"/*.tgz' }],
    expected: {
      'ranklog run': { leaves: { 'train.log': ['0 undefined', '0 boom', '1 boom', '2 boom', '3 boom'] } },
      '"time":1795496801815': { like: 'train.log' },
    },
  },
  'benchmarks/README.md': {
    notRun: {
      'npm run bench': 'commands of a clone, some of them for hours: .ci/run runs three of the benchmarks with --quick',
    },
  },
  'examples/ddp-trainer/README.md': {
    notRun: {
      'npm run demo': 'a command of a clone: .ci/run runs it',
      'train.rank-N.log ': 'what `npm run demo` prints',
      '// src/minimal.ts': 'lines of minimal.ts: minimal.test.ts compares them',
    },
    expected: {
      'node dist/minimal.js': { reports: /val_loss/, leaves: { 'runs/version_0/train.log': /"train_loss_epoch":/ } },
    },
  },
  'examples/ddp-trainer/docs/logging.md': {
    copies: { from: 'examples/ddp-trainer', names: ['src', 'package.json', 'tsconfig.json'] },
    says: [{ words: 'after `npm install`', command: 'npm install' }],
    expected: {
      'node dist/runs.js': {
        prints: /^.*\/runs\/lightning_logs\/version_0\n$/,
        leaves: { 'runs/lightning_logs/version_0/metrics.csv': /^epoch,step,train_loss\r\n0,0,/ },
      },
    },
  },
  'examples/ddp-trainer/docs/training.md': {
    copies: { from: 'examples/ddp-trainer', names: ['src', 'package.json', 'tsconfig.json'] },
    says: [{ words: 'after `npm install`', command: 'npm install' }],
    expected: {
      'node dist/save.js': { leaves: { 'checkpoints/last.ckpt': /^/, 'weights.json': /^\[\[\[/ } },
      'node dist/predict.js': { prints: /^1\n$/ },
    },
  },
  'examples/ddp-trainer/docs/two-machines.md': {
    notRun: {
      ...twoMachines,
      'npm install koffi@3': 'needs MPI: mpi-collectives.interop.ts runs the trainer under both',
    },
  },
  'examples/own-transport/README.md': {
    copies: { from: 'examples', names: ['own-transport/src/index.ts', 'own-transport/package.json'] },
    expected: {
      '// train.mjs': { ranks: [1, 0], worldSize: 2, leaves: { 'logs/own.log': ['0 hello', '0 boom', '1 boom'] } },
      'node start.mjs': {
        leaves: {
          'logs/own.log': [...['0 hello', '0 boom', '1 boom'], ...['0 hello', '0 boom', '1 boom', '2 boom', '3 boom']],
        },
      },
      '"time":1795496801815': { like: 'logs/own.log' },
      '// plain.mjs': { ranks: [0, 1], worldSize: 2, leaves: { 'logs/plain.log': ['0 hello', '0 boom', '1 boom'] } },
    },
  },
  'packages/pino-csv-metrics/README.md': {
    expected: {
      "pino-csv-metrics',": {
        leaves: { 'run/metrics.csv': /^epoch,step,train_loss\r\n0,49,0.42\r\n$/, 'run/hparams.yaml': /^lr: 0.0003\n$/ },
      },
    },
  },
  'packages/pino-mlflow/README.md': { expected: { "experiment: 'digits'": { mlflow: 'loss/train' } } },
  'packages/pino-rank/README.md': {
    expected: {
      '// train.mjs': {
        ranks: [0, 1],
        worldSize: 2,
        prints: ['0 undefined', '1 undefined'],
        leaves: {
          'train.log': ['0 undefined'],
          'ranks/train.rank-1.log': ['1 undefined'],
          'rank0.log': ['0 undefined'],
        },
      },
      'setGate(log)': {
        ranks: [1],
        worldSize: 2,
        leaves: { 'train.log': ['0 undefined', '1 written by every rank'] },
      },
      '"pino-rank/target"': {
        ranks: [1],
        worldSize: 2,
        ending: "import pino from 'pino'\npino(json).error('configured by JSON')",
        leaves: { 'train.log': ['0 undefined', '1 written by every rank', '1 configured by JSON'] },
      },
      '// cluster.mjs': { leaves: { 'cluster.log': ['2 forked', '0 started', '0 boom', '1 boom'] } },
      'writeErrorFile(error)': {
        env: { TORCHELASTIC_ERROR_FILE: 'error.json' },
        ending: "throw new Error('boom')",
        exit: 1,
        reports: /^Error: boom\n/,
        leaves: { 'error.json': /Error: boom/ },
      },
      '// start.mjs': { leaves: { 'rank0.log': ['0 undefined', '0 undefined'] } },
    },
  },
  'packages/pino-rank-file/README.md': {
    expected: {
      "path: 'logs/train.log'": {
        ranks: [0, 1],
        worldSize: 2,
        leaves: { 'logs/train.log': ['0 undefined', '0 boom', '1 boom'] },
      },
      'stream.stats()': { leaves: { 'train.log': /"step":1}\n.*"lines":1,.*}\n$/ } },
    },
  },
  'packages/pino-rank-lines/README.md': {
    expected: {
      'new LineStream': { reports: /^\{.*"rank":0,"msg":"hello"}\n$/ },
      'new SpoolQueue': { leaves: { 'spool/my-sink*': false } },
    },
  },
  'packages/pino-rank-merge/README.md': {
    expected: {
      "'train.rank-1.log'": { prints: /^.*"first"}\n.*"second"}\n.*"third"}\n$/ },
      'dedup({': { prints: /^\[0-1] \{"ranks":"0-1","time":1700000000001,"rank":0,"msg":"ready"}\n$/ },
    },
  },
  'packages/pino-rank-metrics/README.md': {
    expected: {
      'const log = pino()': { prints: /"metrics":.*\n.*"hparams":.*\n.*"status":"finished"/ },
      '// train.mjs': { leaves: { 'my.log': /^49 loss 0.42\n$/ } },
    },
  },
  'packages/pino-rank-split/README.md': {
    expected: {
      'rankLogger({': { ranks: [3], worldSize: 8, leaves: { 'logs/train.rank-3.log': ['3 undefined'] } },
      '"pidNamespace"': { like: 'logs/train.rank-3.json' },
    },
  },
  'packages/pino-rank-stdout/README.md': {
    expected: {
      '// train.mjs': { ranks: [3], worldSize: 4, prints: ['3 undefined'] },
      '// start.mjs': {
        prints: ['0 undefined', '1 undefined', '2 undefined', '3 undefined'],
        reports: /^\{ lines: 4, late: 0, unfinished: 0, connected: 0 }\n$/,
      },
    },
  },
  'packages/pino-tensorboard/README.md': {
    expected: {
      "from 'pino'": { leaves: { 'runs/first/events.out.tfevents.*': /loss\/train/ } },
      'tensorboard --logdir runs': tensorboard,
    },
  },
  'packages/pino-wandb/README.md': {
    expected: {
      'wandb sync': { needs: 'wandb', leaves: { 'wandb/offline-run-*/run-*.wandb.synced': /^/ } },
      "project: 'digits'": { leaves: { 'wandb/offline-run-*/run-*.wandb': /loss\/train/ } },
      "group: 'digits-7'": { ranks: [1], worldSize: 2, leaves: { 'wandb/offline-run-*/run-*.wandb': /loss\/train/ } },
    },
  },
  'packages/ranklog-bench/README.md': {
    notRun: {
      'npx ranklog-bench --dir': 'takes an hour on a disk of the reader; verify-packed.ts runs `ranklog-bench --quick`',
      'On this disk (ext4': 'an example of what ranklog-bench prints',
    },
  },
  'packages/ranklog/README.md': {
    expected: {
      'ranklog run': { prints: /^(\{.*"step":\d+}\n){800}$/ },
      'ranklog merge': { leaves: { 'all.log': /^(\{.*"step":\d+}\n){800}$/ } },
      'ranklog tail': { until: /step.*99/ },
      'ranklog status': { prints: /^ *7 .*\bended\b/m },
      'ranklog explain': { prints: /^not launched: the only rank of its job, rank 0\n$/ },
    },
  },
}
