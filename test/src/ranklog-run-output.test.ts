import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pidExists } from 'pino-rank/process'
import t from 'tap'
import { maxSilenceMs } from '../../packages/pino-rank-stdout/dist/collector/protocol.js'
import { ranklog, startRanklog } from './kit/ranklog.ts'
import { complete, rankOf, records } from './kit/run-ranks.ts'
import { until } from './kit/until.ts'

t.test('a log that cannot be written is reported once, and its rank continues', async (t) => {
  const dir = t.testdir({ 'out.rank-0.log': {} })
  const { code, stdout, stderr } = await ranklog(t, [
    'run',
    '-n',
    '2',
    '--log-dir',
    dir,
    '--',
    ...rankOf('say({}); say({})'),
  ])
  t.equal(code, 0)
  t.match(stderr, /^ranklog run: EISDIR: .*out\.rank-0\.log'; its lines are still printed\n$/)
  t.equal(records(stdout).length, 4)
  t.equal(records(readFileSync(join(dir, 'out.rank-1.log'), 'utf8')).length, 2)
})

t.test('run keeps stdout and stderr apart, labels each line, and keeps binary text and tracebacks whole', async (t) => {
  const garbage = rankOf(`process.stdout.write(Buffer.from([0, 0xff, 0x1b, 0x5b, 10]))
    say({ msg: 'out' }); console.error('Traceback:\\n  File "a.py"\\nKeyError: ' + rank)`)
  const run = ['run', '-n', '2', '--label', '[{rank}] ', '--', ...garbage]
  const { stdout, stderr } = await ranklog(t, run, { encoding: 'latin1' })
  t.equal(stdout.split('[0] \0\xff\x1b[\n').length, 2)
  t.match(stdout, /^\[1\] \{.*"msg":"out"\}$/m)
  for (const rank of [0, 1])
    t.match(stderr, `[${rank}] Traceback:\n[${rank}]   File "a.py"\n[${rank}] KeyError: ${rank}\n`)
})

t.test('clocks that differ by seconds are reported once, and delay no line', async (t) => {
  const dir = t.testdir()
  const { stdout, stderr, code } = await ranklog(t, [
    ...['run', '-n', '3', '--'],
    ...rankOf(`const { existsSync, readdirSync, writeFileSync } = require('node:fs')
      const dir = ${JSON.stringify(dir)}
      writeFileSync(dir + '/started-' + rank, '')
      let step = 0
      const timer = setInterval(() => {
        if (readdirSync(dir).length < 3) return
        say({ step, time: Date.now() + [0, 5000, -5000][rank] })
        if (++step === 30) writeFileSync(dir + '/ended-' + rank, '')
        if (step >= 30 && existsSync(dir + '/ended-1')) clearInterval(timer)
      }, 5)`),
  ])
  t.equal(code, 0)
  const reports = stderr.split('\n').filter((line) => line !== '')
  t.equal(reports.length, 2, stderr)
  t.match(
    stderr,
    /^ranklog run: the lines of rank 1 are [45]\.\d s ahead: its clock differs; they are printed in order of arrival$/m,
  )
  t.match(
    stderr,
    /^ranklog run: the lines of rank 2 are [5]\.\d s late: its clock is behind, or it holds lines back; /m,
  )
  const found = records(stdout)
  for (const rank of [0, 1, 2]) {
    const steps = found.filter((record) => record.rank === rank).map(({ step }) => step)
    t.ok(steps.length >= 30)
    t.strictSame(steps, [...steps.keys()])
  }
  const first = found.findIndex(({ rank }) => rank === 1)
  t.ok(first < found.findLastIndex(({ rank }) => rank === 0), 'a line with a time in the future is not delayed')
})

t.test('run merges 256 ranks in bounded memory', async (t) => {
  const lines = `i=0; while [ $i -lt 100 ]; do echo "{\\"level\\":30,\\"time\\":1700000000000,\\"rank\\":$RANK,\\"step\\":$i}"; i=$((i+1)); done`
  const child = startRanklog(t, ['run', '-n', '256', '--', 'sh', '-c', lines])
  let peak = 0
  child.stdout.stream.on('data', () => {
    const status = existsSync(`/proc/${child.pid}/status`) && readFileSync(`/proc/${child.pid}/status`, 'utf8')
    if (status) peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
  })
  const { code } = await child.exit
  t.equal(code, 0)
  complete(t, records(child.stdout.text), Array(256).fill(100))
  const maxPeak = (64e6 + 256 * 256e3) / 1024
  t.ok(peak > 0 && peak < maxPeak, `${peak} kB`)
})

t.test('no line is lost when one rank logs ten times as much as the others', async (t) => {
  const { stdout, code } = await ranklog(t, [
    ...['run', '-n', '3', '--'],
    ...rankOf(`for (let step = 0; step < (rank === 1 ? 20_000 : 2_000); step++) say({ step })`),
  ])
  t.equal(code, 0)
  complete(t, records(stdout), [2_000, 20_000, 2_000])
})

t.test('a suspended rank delays no other rank, and a rank killed within a line tears no other line', async (t) => {
  const child = startRanklog(t, [
    ...['run', '-n', '3', '--'],
    ...rankOf(`say({ pid: process.pid })
      let step = 0
      if (rank !== 0) setInterval(() => say({ step: step++ }), 1)
      else process.stdout.write('{"level":30,"ti', () => console.error('cut'))
      setInterval(() => {}, 1000)`),
  ])
  await child.stderr.until(/cut/)
  await child.stdout.until(/"rank":2,"step":20\}/)
  const pid = Number(/"rank":0,"pid":(\d+)\}/.exec(child.stdout.text)?.[1])
  process.kill(pid, 'SIGSTOP')
  await child.stdout.until(/"rank":2,"step":400\}/)
  process.kill(pid, 'SIGKILL')
  child.kill('SIGINT')
  child.kill('SIGINT')
  await child.exit
  const odd = child.stdout.text.split('\n').filter((line) => !/^\{.*\}$/.test(line))
  t.strictSame(odd, ['{"level":30,"ti', ''], 'the torn line has a line of its own')
})

t.test('ranks end at their next line after `ranklog run` is killed', async (t) => {
  const child = startRanklog(t, [
    'run',
    '-n',
    '2',
    '--',
    ...rankOf(`say({ pid: process.pid }); setInterval(() => say({}), 1)`),
  ])
  for (const wanted of [/"rank":0,"pid":\d+\}/, /"rank":1,"pid":\d+\}/]) await child.stdout.until(wanted)
  const pids = [...child.stdout.text.matchAll(/"pid":(\d+)\}/g)].map(([, pid]) => Number(pid))
  child.kill()
  await child.exit
  await until(() => !pids.some(pidExists))
  t.equal(pids.length, 2)
})

t.test('lines that come through the collector are in the rank’s log and in the report’s last lines', async (t) => {
  const dir = t.testdir()
  const { code, stdout, stderr } = await ranklog(t, [
    ...['run', '-n', '2', '--log-dir', dir, '--'],
    ...[process.execPath, '--input-type=module', '-e'],
    `import { rankLogger } from 'pino-rank'
    import { stdoutStream } from 'pino-rank-stdout'
    const log = rankLogger({ transport: { stream: stdoutStream() } })
    const rank = Number(process.env.RANK)
    for (let step = 0; step < 1000; step++) {
      log.info({ step })
      if (step % 100 === 0) await new Promise((next) => setTimeout(next, 5))
    }
    console.log('text of rank ' + rank)
    const { readFileSync } = await import('node:fs')
    const first = ${JSON.stringify(join(dir, 'out.rank-0.log'))}
    while (rank === 1 && !readFileSync(first, 'utf8').includes('text of rank 0'))
      await new Promise((next) => setTimeout(next, 5))
    if (rank === 1) process.exitCode = 3`,
  ])
  t.equal(code, 3)
  t.match(stderr, /rank 1 failed first: exit code 3/)
  t.match(stderr, /"step":999/)
  complete(t, records(stdout), [1000, 1000])
  for (const rank of [0, 1]) {
    const file = readFileSync(join(dir, `out.rank-${rank}.log`), 'utf8')
    t.equal(records(file).length, 1000)
    t.match(file, `text of rank ${rank}\n`)
  }
})

t.test('when the reader closes the pipe, the ranks continue and their logs are complete', async (t) => {
  const dir = t.testdir()
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--log-dir', dir, '--'],
    ...rankOf(`for (let step = 0; step < 20_000; step++) say({ step })`),
  ])
  await child.stdout.until(/./)
  child.stdout.stream.destroy()
  const { code, stderr } = await child.exit
  t.equal(code, 0)
  t.match(stderr, /stdout has no reader any more; the ranks continue/)
  for (const rank of [0, 1]) t.equal(records(readFileSync(join(dir, `out.rank-${rank}.log`), 'utf8')).length, 20_000)
})

t.test('a slow reader gets all lines, long after the ranks have ended', async (t) => {
  // The ranks start detached processes, which print more than the merge and the pipes can buffer.
  const prints = `const line = JSON.stringify({ level: 30, time: Date.now(), fill: 'x'.repeat(4000) })
    for (let step = 0; step < 4_000; step++) require('node:fs').writeSync(1, line + '\\n')`
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--'],
    ...rankOf(`require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(prints)}], {
      detached: true, stdio: 'inherit' }).unref()`),
  ])
  await once(child.stdout.stream, 'data')
  child.stdout.stream.pause()
  await pause(2.5 * maxSilenceMs)
  child.stdout.stream.resume()
  t.match(await child.exit, { code: 0 })
  t.equal(records(child.stdout.text).length, 8_000)
})
