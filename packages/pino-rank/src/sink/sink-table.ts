import type { SinkDeclaration } from './declaration.ts'

/** What each of our packages declares as a sink. Made by `npm run build` from `rankSink` of their package.json: do not edit. */
export const sinkTable: Readonly<Record<string, SinkDeclaration>> = {
  'pino-csv-metrics': {
    ranks: '0',
    others: 'silent',
  },
  'pino-mlflow': {
    ranks: '0',
    others: 'silent',
    exit: true,
  },
  'pino-rank': {
    ranks: '0',
    others: 'error',
  },
  'pino-rank-file': {
    ranks: '0',
    others: 'error',
    inProcess: true,
    signalOptions: ['reopenOn', 'rotateOn', 'handleSignals'],
  },
  'pino-rank-split': {
    ranks: '*',
    others: 'error',
    inProcess: true,
    signalOptions: ['reopenOn', 'rotateOn', 'handleSignals'],
  },
  'pino-rank-stdout': {
    ranks: '*',
    others: 'error',
    inProcess: true,
  },
  'pino-tensorboard': {
    ranks: '0',
    others: 'silent',
    exit: true,
  },
  'pino-wandb': {
    ranks: '0',
    others: 'silent',
    exit: true,
  },
}
