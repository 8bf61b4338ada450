// Puts Debian's cloud kernel into node_modules/.cache/skep-vm, from where test/vm/vm.test.ts boots it. Needs apt-get and
// dpkg-deb (no root); does nothing when a kernel is there already.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cache = join(root, 'node_modules/.cache/skep-vm');
const kernel = join(cache, 'vmlinuz');

if (!existsSync(kernel)) {
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'fetch-'));
  try {
    const depends = execFileSync('apt-cache', ['depends', 'linux-image-cloud-amd64'], { encoding: 'utf8' });
    const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
    if (name === undefined) throw new Error('apt knows no linux-image-cloud-amd64: apt-get update');
    execFileSync('apt-get', ['download', '-q', name], { cwd: scratch, stdio: 'inherit' });
    const archive = readdirSync(scratch).find((file) => file.endsWith('.deb'));
    execFileSync('dpkg-deb', ['-x', archive, 'tree'], { cwd: scratch });
    const image = readdirSync(join(scratch, 'tree/boot')).find((file) => file.startsWith('vmlinuz-'));
    copyFileSync(join(scratch, 'tree/boot', image), join(scratch, 'vmlinuz'));
    renameSync(join(scratch, 'vmlinuz'), kernel);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
process.stdout.write(`${kernel}\n`);
