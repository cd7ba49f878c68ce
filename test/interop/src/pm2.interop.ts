import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readManifests } from 'pino-rank-split/read'
import t, { type Test } from 'tap'
import { Pm2, pm2Missing } from './pm2.ts'

const script = fileURLToPath(new URL('./programs/pm2-app.js', import.meta.url))
const skip = pm2Missing()

interface Line {
  rank: number
  pid: number
  msg: string
  attempt?: number
  detected?: object
  restart_time?: string
}

const linesOf = (text: string): Line[] => {
  const json = text.split('\n').filter((line) => line.startsWith('{'))
  return json.map((line) => JSON.parse(line))
}

/** Starts three instances of the app. */
async function startApp(t: Test, app: object) {
  const dir = t.testdir()
  const config = { apps: [{ name: 'app', script, cwd: dir, instances: 3, wait_ready: true, ...app }] }
  writeFileSync(join(dir, 'app.config.json'), JSON.stringify(config))
  const pm2 = new Pm2(t, dir)
  const { code, stdout, stderr } = await pm2.run('start', 'app.config.json')
  t.equal(code, 0, `${stdout}${stderr}`)
  const read = (name: string) => linesOf(readFileSync(join(dir, name), 'utf8'))
  const ranks = (msg: string, name = 'access.log') =>
    read(name)
      .filter((line) => line.msg === msg)
      .map(({ rank }) => rank)
      .sort()
  return { dir, pm2, read, ranks }
}

for (const { exec_mode, instance_var } of [
  { exec_mode: 'cluster', instance_var: undefined },
  { exec_mode: 'cluster', instance_var: 'SLOT' },
  { exec_mode: 'fork', instance_var: 'SLOT' },
]) {
  const name = `${exec_mode} mode, ${instance_var ? `instance_var: ${instance_var}` : 'NODE_APP_INSTANCE'}`
  t.test(`${name}: instances keep their ranks and files through pm2 reload and scale`, { skip }, async (t) => {
    const { dir, pm2, read, ranks } = await startApp(t, { exec_mode, instance_var })
    t.same(ranks('up'), [0, 1, 2])
    for (const { rank, detected } of read('access.log')) t.same(detected, { rank, launcher: 'pm2' })

    const logs = pm2.start('logs', '--raw', '--lines', '0')
    const shows = (rank: number) => logs.stdout.text.includes(`"rank":${rank},"msg":"signal"`)
    while (![0, 1, 2].every(shows)) await pm2.run('sendSignal', 'SIGUSR2', 'app') // again and again: `pm2 logs` does not tell when it is connected
    logs.kill()

    t.equal((await pm2.run('reload', 'app')).code, 0)
    t.same(ranks('up'), [0, 0, 1, 1, 2, 2], 'an instance has the same rank after a reload')
    t.same(ranks('down'), [0, 1, 2])
    t.same(new Set(read('train.log').map(({ rank }) => rank)), new Set([0]))
    t.equal(existsSync(join(dir, 'attempt-1')), false, 'a reload is no attempt of the job')
    const last = read('access.log').filter(({ msg }) => msg === 'up')
    t.same(new Set(last.map(({ attempt }) => attempt)), new Set([undefined]))
    for (const { rank, pid } of readManifests(join(dir, 'split'))) {
      t.equal(
        pid,
        last.findLast((line) => line.rank === rank)?.pid,
        `the manifest has the pid of the new process of rank ${rank}`,
      )
    }

    t.equal((await pm2.run('scale', 'app', '5')).code, 0)
    t.same(ranks('up').slice(6), [3, 4])
    t.equal((await pm2.run('stop', 'app')).code, 0)
    t.same(
      readdirSync(join(dir, 'split'))
        .filter((name) => name.endsWith('.log'))
        .sort(),
      [0, 1, 2, 3, 4].map((rank) => `app.rank-${rank}.log`),
    )
    const outs = readdirSync(join(pm2.home, 'logs')).filter((name) => name.includes('-out'))
    const shown = outs.flatMap((name) => linesOf(readFileSync(join(pm2.home, 'logs', name), 'utf8')))
    t.same(
      shown
        .filter(({ msg }) => msg === 'up')
        .map(({ rank }) => rank)
        .sort(),
      [0, 0, 1, 1, 2, 2, 3, 4],
    )
    t.notMatch(pm2.daemonLog(), '"msg":"up"')
  })
}
