// What test/twin/cgroups.test.ts has a real process of a cgroup do, in a network namespace of its own: prints what came
// of each step, as JSON.
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const SYSCTL = '/proc/sys/net/ipv4/ip_default_ttl';
writeFileSync(`${process.argv[2]}/cgroup.procs`, String(process.pid));

const attempt = (action) => {
  try {
    return action() ?? 'done';
  } catch (error) {
    return error.code;
  }
};
const servers = [];
const listen = (port) =>
  new Promise((resolve) => {
    const server = createServer().once('error', (error) => resolve(error.code));
    servers.push(server);
    server.listen(port, '127.0.0.1', () => resolve(`port ${server.address().port}`));
  });
const reach = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('error', (error) => resolve(error.code))
      .once('connect', () => {
        resolve(`port ${socket.remotePort}`);
        socket.destroy();
      });
  });

const steps = {
  listen: await listen(20000),
  listenRefused: await listen(40404),
  connect: await reach(1),
  connectRefused: await reach(2),
  connectOtherErrno: await reach(3),
  deviceWrite: attempt(() => closeSync(openSync('/dev/null', 'w'))),
  deviceRead: attempt(() => closeSync(openSync('/dev/null', 'r'))),
  sysctlRead: attempt(() => readFileSync(SYSCTL, 'latin1')),
  sysctlRefused: attempt(() => writeFileSync(SYSCTL, '90')),
  sysctlChanged: attempt(() => writeFileSync(SYSCTL, '50')),
  sysctlAfter: attempt(() => readFileSync(SYSCTL, 'latin1')),
};
process.stdout.write(JSON.stringify(steps), () => process.exit(0));
