import t from 'tap'
import { detectRank, explainRank } from './detect-rank.ts'

const app = { pm_id: '5', restart_time: '2', instances: '3', instance_var: 'NODE_APP_INSTANCE' }
const renamed = { ...app, instance_var: 'INSTANCE_ID', INSTANCE_ID: '2' }
const clustered = { exec_mode: 'cluster_mode' }
const forked = { exec_mode: 'fork_mode' }
const cluster = { worker: { id: 8 } }

type Row = [name: string, env: NodeJS.ProcessEnv, cluster: typeof cluster | undefined, rank: object | undefined]

const is = (rank: number) => ({ rank, launcher: 'pm2' })
const found: Row[] = [
  ['cluster mode', { ...app, ...clustered, NODE_APP_INSTANCE: '1' }, cluster, is(1)],
  ['fork mode', { ...app, ...forked, NODE_APP_INSTANCE: '1' }, undefined, is(1)],
  ['restarted by itself', { ...app, ...forked, NODE_APP_INSTANCE: '1', restart_time: '9' }, undefined, is(1)],
  ['instance_var in cluster mode', { ...renamed, ...clustered }, cluster, is(2)],
  ['instance_var in fork mode', { ...renamed, ...forked }, undefined, is(2)],
  ['instance_var, and what another app had', { ...renamed, NODE_APP_INSTANCE: '0' }, undefined, is(2)],
  ['instance_var of the daemon', { ...app, PM2_PROCESS_INSTANCE_VAR: 'N', N: '1' }, undefined, is(1)],
  [
    'PM2_PROCESS_INSTANCE_VAR of a shell, not of the daemon',
    { ...renamed, PM2_PROCESS_INSTANCE_VAR: 'N' },
    undefined,
    is(2),
  ],
  ['added by pm2 scale', { ...app, NODE_APP_INSTANCE: '9' }, undefined, is(9)],
  [
    'after pm2 reload NAME, which forgets instance_var',
    { ...app, vizion_running: 'false', MY_NUMBER: '2', SHELL: '/bin/sh' },
    cluster,
    is(2),
  ],
  [
    'INSTANCE_ID, the name in the documentation, as another variable of the app',
    { ...app, NODE_APP_INSTANCE: '1', INSTANCE_ID: '7' },
    undefined,
    is(1),
  ],
  ['the same, if the forgotten name is INSTANCE_ID', { SHLVL: '1', ...app, INSTANCE_ID: '2' }, undefined, is(2)],
  [
    'added by pm2 scale after that: three instances have numbers of the other name',
    { ...app, vizion_running: 'false', MY_NUMBER: '0', NODE_APP_INSTANCE: '1' },
    undefined,
    is(4),
  ],
  [
    'a number that follows what PM2 sets first',
    { ...app, vizion_running: 'false', NODE_APP_INSTANCE: '1', PORT: '3000' },
    undefined,
    is(1),
  ],
  [
    'one instance, whose number the app unsets',
    { ...app, instances: '1', NODE_APP_INSTANCE: '' },
    undefined,
    undefined,
  ],
  ['the same in cluster mode', { ...app, ...clustered, instances: '1', NODE_APP_INSTANCE: '' }, cluster, undefined],
  ['a variable of node-config alone', { NODE_APP_INSTANCE: '1', instances: '3' }, undefined, undefined],
  [
    'a worker of the program itself, in fork mode',
    { ...app, ...forked, NODE_APP_INSTANCE: '0' },
    cluster,
    { rank: 7, launcher: 'cluster' },
  ],
  [
    'a rank of a launcher that PM2 started',
    { ...renamed, RANK: '1', WORLD_SIZE: '2' },
    undefined,
    { rank: 1, launcher: 'env', worldSize: 2 },
  ],
  ['turned off', { ...renamed, RANKLOG_RANK: 'none' }, cluster, undefined],
]

for (const [name, env, cluster, rank] of found) {
  t.test(name, async (t) => {
    t.same(detectRank(env, { cluster }), rank)
  })
}

for (const [name, env, options] of [
  ['cluster mode', { ...app, ...clustered, NODE_APP_INSTANCE: '' }, { cluster }],
  ['fork mode', { ...app, ...forked }, {}],
] as const) {
  t.test(`several instances without a number in ${name} are not all rank 0`, async (t) => {
    const message =
      /^pino-rank: NODE_APP_INSTANCE: expected a value, because pm_id=5 is set \(pm2\): .* instance_var: 'INSTANCE_ID'/
    t.match(explainRank(env, options), { launcher: 'pm2', error: { code: 'RANK_INCOMPLETE', message } })
  })
}

t.test('the renamed variable is named where it is missing or malformed', async (t) => {
  t.match(explainRank({ ...renamed, INSTANCE_ID: '' }).error, { code: 'RANK_INCOMPLETE', message: /INSTANCE_ID: / })
  t.match(explainRank({ ...renamed, INSTANCE_ID: 'b' }).error, { code: 'RANK_MALFORMED', message: /"INSTANCE_ID":"b"/ })
  t.same(explainRank(renamed).fields.rank, { value: 2, variables: { INSTANCE_ID: '2' } })
})
