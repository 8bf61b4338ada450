import type { Cgroup } from '../cgroups.js';
import type { TaskRecord } from '../tasks.js';
import type { KernelObjects } from './objects.js';
import type { StructWriter } from './struct-writer.js';

/** PF_* of a task that is an ordinary process. */
const NORMAL_PRIORITY = 120;
const KERNFS_DIRECTORY = 1;

/** Fills in a `struct task_struct`, and what it points to. */
export function fillTask(
  objects: KernelObjects,
  writer: StructWriter,
  address: number,
  task: TaskRecord,
): void {
  const cred = objects.part(task, 'cred');
  fillCred(writer, cred, task);
  const namespaces = objects.part(task, 'nsproxy');
  writer.set('nsproxy', namespaces, { net_ns: objects.net(task.namespace) });
  const set = objects.part(task, 'css_set');
  writer.set('css_set', set, { dfl_cgrp: objects.cgroup(task.cgroup), nr_tasks: 1 });
  const parent = task.parent === undefined ? BigInt(address) : objects.task(task.parent);
  const leader = task.leader === task ? BigInt(address) : objects.task(task.leader);
  writer.set('task_struct', address, {
    pid: task.pid,
    tgid: task.tgid,
    comm: task.comm,
    cred,
    real_cred: cred,
    parent,
    real_parent: parent,
    group_leader: leader,
    nsproxy: namespaces,
    cgroups: set,
    start_time: BigInt(task.startTime),
    start_boottime: BigInt(task.startTime),
    prio: NORMAL_PRIORITY,
    static_prio: NORMAL_PRIORITY,
    normal_prio: NORMAL_PRIORITY,
    exit_code: task.exitCode,
    'usage.refs.counter': 1,
  });
}

function fillCred(writer: StructWriter, address: number, { uid, gid }: TaskRecord): void {
  const all = uid === 0 ? 0x1ffffffffffn : 0n;
  writer.set('cred', address, {
    'usage.counter': 1,
    'uid.val': uid,
    'suid.val': uid,
    'euid.val': uid,
    'fsuid.val': uid,
    'gid.val': gid,
    'sgid.val': gid,
    'egid.val': gid,
    'fsgid.val': gid,
    'cap_permitted.val': all,
    'cap_effective.val': all,
    'cap_bset.val': 0x1ffffffffffn,
  });
}

export function fillCgroup(
  objects: KernelObjects,
  writer: StructWriter,
  address: number,
  cgroup: Cgroup,
): void {
  const node = objects.part(cgroup, 'kernfs_node');
  const name = cgroup.path.slice(cgroup.path.lastIndexOf('/') + 1);
  const above = cgroup.parent;
  if (above !== undefined) objects.cgroup(above);
  writer.set('kernfs_node', node, {
    id: cgroup.id,
    name: objects.text(cgroup, cgroup.parent === undefined ? '/' : name),
    __parent: above === undefined ? 0 : objects.part(above, 'kernfs_node'),
    flags: KERNFS_DIRECTORY,
  });
  writer.set('cgroup', address, { level: cgroup.level, kn: node, 'self.cgroup': address });
}
