// Runs each command line of a plan with bpftool and with skep, in text and in JSON, on the same kernel objects. Meant
// for a mount and a network namespace of its own: `unshare -mn node test/bpftool/both.mjs FOLDER`; the folder holds
// plan.json, and gets results.json.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = process.argv[2];
const { steps } = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));
process.env.SKEP_KERNEL = 'linux';
process.env.TZ = 'UTC';
const { main } = await import(resolve('dist/cli/main.js'));
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

execFileSync('mount', ['-t', 'bpf', 'bpf', '/sys/fs/bpf']);
// bpftool makes folders of maps, but none of programs.
for (const name of ['b', 's']) mkdirSync(`/sys/fs/bpf/${name}`);
execFileSync('ip', ['link', 'set', 'lo', 'up']);

function bpftool(args) {
  const { status, stdout, stderr } = spawnSync('bpftool', args, { encoding: 'utf8', maxBuffer: 1 << 27 });
  return { ok: status === 0, stdout, stderr };
}

/** skep in this process: a process for each of two hundred command lines would take a minute. */
async function skep(args) {
  const caught = { stdout: '', stderr: '' };
  const originals = new Map();
  for (const name of ['stdout', 'stderr']) {
    originals.set(name, process[name].write);
    process[name].write = (chunk, ...rest) => {
      caught[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    };
  }
  let status;
  try {
    status = await main(args);
  } finally {
    for (const [name, write] of originals) process[name].write = write;
  }
  return { ok: status === 0, ...caught };
}

const TOOLS = { bpftool: async (args) => bpftool(args), skep };

/** `@id:prog:/path` is the id of the program that is pinned there; `@btf_id:map:/path` that of a map's types. */
function resolved(word) {
  const [, member, object, path] = /^@(\w+):(\w+):(.*)$/.exec(word) ?? [];
  if (member === undefined) return word;
  if (object === 'link') {
    const links = JSON.parse(bpftool(['-j', 'link', 'show']).stdout);
    const program = resolved(`@id:prog:${path}`);
    return String(links.find((link) => String(link.prog_id) === program)?.[member]);
  }
  return String(JSON.parse(bpftool(['-j', object, 'show', 'pinned', path]).stdout)[member]);
}

const results = [];
for (const step of steps) {
  const args = step.args.map(resolved);
  if (step.tool !== undefined) {
    const done = await TOOLS[step.tool](args);
    if (done.ok !== (step.fails !== true))
      throw new Error(`${step.tool} ${args.join(' ')}\n${done.stdout}${done.stderr}`);
    continue;
  }
  const row = { line: step.args.join(' ') };
  for (const mode of ['text', 'json']) {
    const words = mode === 'json' ? ['-j', ...args] : args;
    row[mode] = { bpftool: bpftool(words), skep: await skep(words) };
  }
  results.push(row);
}
writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
