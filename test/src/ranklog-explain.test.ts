import t from 'tap'
import { ranklog, ranklogCommand } from './kit/ranklog.ts'
import { node, startProcess } from './kit/start-process.ts'

const explain = [...ranklogCommand, 'explain']

t.test('explain names ranklog run as the launcher, and a torchrun inside of it instead', async (t) => {
  const run = ['run', '-n', '1', '--run-id', 'r', '--']
  const { stdout } = await ranklog(t, [...run, ...explain])
  t.match(stdout, /^launcher {3}ranklog run\nrank +0 +RANK=0\nworldSize +1 +WORLD_SIZE=1\n/)
  t.match(stdout, /\nrunKey +r +RANKLOG_RUN_ID=r\n/)
  const torchrun = ['env', 'TORCHELASTIC_RUN_ID=r', 'TORCHELASTIC_USE_AGENT_STORE=True', 'RANK=1', 'WORLD_SIZE=2']
  t.match((await ranklog(t, [...run, ...torchrun, ...explain])).stdout, /^launcher {3}torchrun\nrank +1 +RANK=1\n/)
  const other = ['env', 'TORCHELASTIC_RUN_ID=none', 'RANK=1', 'WORLD_SIZE=2']
  t.match((await ranklog(t, [...run, ...other, ...explain])).stdout, /^launcher {3}torchrun\n/)
})

t.test('explain names the rank of a worker of node:cluster', async (t) => {
  const [exec, ...args] = explain.slice(node.length)
  const code = `const cluster = require('node:cluster')
    cluster.setupPrimary(${JSON.stringify({ exec, args, execArgv: [] })})
    cluster.fork().on('online', () => {})`
  const primary = startProcess(t, [...node, '-e', code])
  await primary.stdout.until(/^launcher {3}cluster\nrank +0 +cluster\.worker\.id=1\n/)
})

t.test('explain --env reads the environment file of a worker of node:cluster or PM2', async (t) => {
  const pm2 = JSON.stringify({ pm_id: 4, exec_mode: 'cluster_mode', instances: 3, NODE_APP_INSTANCE: 1, env: {} })
  const dir = t.testdir({ worker: 'NODE_UNIQUE_ID=3\0A=b\0', pm2: `NODE_UNIQUE_ID=9\0pm2_env=${pm2}\0` })
  t.match((await ranklog(t, ['explain', '--env', `${dir}/worker`])).stdout, /^launcher {3}cluster\nrank +2 /)
  t.match(
    (await ranklog(t, ['explain', '--env', `${dir}/pm2`])).stdout,
    /^launcher {3}pm2\nrank +1 +NODE_APP_INSTANCE=1\n/,
  )
})

t.test("explain --env reads the rank from PM2's instance_var", async (t) => {
  const dir = t.testdir({ env: 'pm_id=4\0instances=3\0instance_var=INSTANCE_ID\0INSTANCE_ID=2\0restart_time=7\0' })
  t.equal(
    (await ranklog(t, ['explain', '--env', `${dir}/env`])).stdout,
    'launcher   pm2\nrank            2          INSTANCE_ID=2\n',
  )
})
