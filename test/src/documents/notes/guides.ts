import type { Expected } from '../expected.ts'
import type { PageNotes } from '../plan.ts'
import { tensorboard } from './tensorboard.ts'

/** The log of the job in launchers.md. */
const jobLog: Expected = {
  deletes: ['train.log'],
  leaves: {
    'train.log': ['0 started', '0 no such shard', '1 no such shard', '2 no such shard', '3 no such shard'],
  },
}

/** Matches a CSV file with this header and number of rows. */
const csv = (rows: number, header: RegExp) => new RegExp(`^${header.source}\\r\\n(.*\\r\\n){${rows}}$`)

/** A server of servers.md: requests are sent until each of its ranks has answered one. */
const serverOf = (ranks: readonly number[]): Expected => {
  const each = ranks.map((rank) => `(?=[\\s\\S]*"rank":${rank},)`).join('')
  const accessLog = new RegExp(`^${each}(\\{.*"method":"GET","url":"/","msg":"request"}\\n)+$`)
  return { serves: true, deletes: ['access.log'], leaves: { 'access.log': accessLog } }
}

const fourRanks = serverOf([0, 1, 2, 3])

const noCluster = 'needs a cluster'

/** docs/guides. */
export const guides: Readonly<Record<string, PageNotes>> = {
  'docs/guides/find-the-rank-that-hangs.md': {
    notRun: { 'rank  state   step  behind': 'what `ranklog status` prints: the note of the command has its columns' },
    expected: {
      'node train.mjs > out.log': { later: true, leaves: { 'logs/train.rank-2.log': /"step":39,"msg":"step"}\n$/ } },
      'ranklog status': {
        until: /^2 +silent +39 /m,
        exit: 'SIGINT',
        prints: /^rank +state +step +behind +steps\/s +lag ms +last +errors +host\n/m,
      },
      'merge logs --ranks 2': { prints: /^(\{.*"rank":2,"step":3[5-9],"msg":"step"}\n){5}$/ },
      'merge logs --since': { prints: /^(\[[0-3]\] \{.*"msg":"step"}\n){40}$/ },
      'tail logs --ranks 2': { until: /"step":39/, exit: 'SIGINT' },
      'tail logs --level warn': {
        appends: { 'logs/train.rank-1.log': '{"level":40,"time":0,"rank":1,"msg":"a slow disk"}' },
        until: /a slow disk/,
        exit: 'SIGINT',
      },
      'kill -USR1': { later: true, leaves: { 'out.log': /^.*Debugger listening on ws:/m } },
      'node recorded.mjs': {
        leaves: {
          'train.log': [
            ...['0 step', '0 step', '0 step', '0 no such shard'],
            ...['1 step', '1 step', '1 step', '1 no such shard'],
          ],
        },
      },
    },
  },
  'docs/guides/from-lightning.md': {
    expected: {
      'ranklog run': {
        leaves: {
          'lightning_logs/version_0/events.out.tfevents.*': /train_loss/,
          'lightning_logs/version_0/hparams.yaml': /^lr: 0.0003\nbatchSize: 32\n$/,
          'lightning_logs/version_0/train.log': /^(\{.*"rank":0,.*}\n){5}$/,
          'lightning_logs/version_1*': false,
        },
      },
      'cat lightning_logs': { prints: csv(4, /epoch,step,train_loss/) },
    },
  },
  'docs/guides/from-pino-roll.md': {
    expected: {
      '// before.mjs': { leaves: { 'logs/train.1.log': ['undefined ready'] } },
      'ranklog run': { leaves: { 'logs/train.log': ['0 ready'] } },
      'merge logs': { prints: ['undefined ready', '0 ready'] },
    },
  },
  'docs/guides/from-winston.md': {
    expected: {
      '// before.mjs': {
        prints: /^\{.*"message":"epoch done".*}\n$/,
        leaves: { 'old/app.log': /^\{.*"loss":0.42,.*}\n$/ },
      },
      'node after.mjs': { prints: /epoch done/, leaves: { 'train.log': ['0 epoch done'] } },
      'merge old/app.log': { prints: /^\{.*"message":"epoch done".*}\n\{.*"msg":"epoch done"}\n$/ },
    },
  },
  'docs/guides/kubernetes.md': {
    notRun: {
      'kind: Job': `${noCluster}: documents.interop.ts checks it with Kubernetes' schemas, and runs its command as each pod`,
      'kubectl apply': noCluster,
    },
    expected: { '// pod.mjs': { env: { JOB_COMPLETION_INDEX: '1' }, prints: ['1 no such shard'] } },
  },
  'docs/guides/launchers.md': {
    expected: {
      'ranklog explain': { prints: /^(?=[\s\S]*^rank +0 )(?=[\s\S]*^rank +1 )/m },
      'ranklog run -n 4 node train.mjs': jobLog,
      torchrun: { needs: 'torchrun', ...jobLog },
      'mpirun -n 4 node train.mjs': { needs: 'mpirun', ...jobLog },
      'mpirun -n 4 node stdout.mjs': {
        needs: 'mpirun',
        prints: ['0 started', '1 started', '2 started', '3 started'],
      },
      srun: { needs: 'srun', ...jobLog },
      'npx pm2': { needs: 'pm2', later: true, ...jobLog },
    },
  },
  'docs/guides/metrics.md': {
    expected: {
      'node train.mjs': {
        leaves: {
          'runs/version_0/train.log': /^(\{.*"rank":0,.*}\n){21}$/,
          'runs/version_0/metrics.csv': csv(20, /epoch,loss\/train,step/),
          'runs/version_0/hparams.yaml': /^lr: 0.0003\noptimizer: "adam"\n$/,
          'runs/version_0/events.out.tfevents.*': /loss\/train/,
          'runs/version_1*': false,
        },
      },
      'tensorboard --logdir': tensorboard,
      'node every-rank.mjs': {
        leaves: { 'curves/rank-3/events.out.tfevents.*': /loss/, 'logs/train.rank-3.log': /^(\{.*"rank":3,.*}\n){3}$/ },
      },
      'merge logs --reduce': { prints: /^(\{.*"mean".*"min".*"max".*"sum".*"count":\{"loss":4\}\}\n){3}$/ },
    },
  },
  'docs/guides/servers.md': {
    expected: {
      'node cluster.mjs': {
        ...fourRanks,
        until: 'leaves',
        exit: 'SIGINT',
        leaves: { ...fourRanks.leaves, 'server.log': /^\{.*"rank":0,.*"msg":"listening"}\n$/ },
      },
      '// server.mjs': { ...serverOf([0]), until: 'leaves', exit: 'SIGINT' },
      'npx pm2': { ...fourRanks, needs: 'pm2', later: true },
    },
  },
  'docs/guides/which-lines-survive.md': {
    expected: { 'node killed.mjs': { prints: /^1000 killed.log\n$/, leaves: { 'killed.log': /^(\{.*}\n){1000}$/ } } },
  },
}
