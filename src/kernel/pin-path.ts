import { KernelError } from '../errors/errno.js';

/**
 * The one form of a pin's path: absolute, without empty parts.
 *
 * @throws {KernelError} EINVAL for a relative path or one with `..`, ENAMETOOLONG
 */
export function pinPath(path: string): string {
  if (!path.startsWith('/'))
    throw new KernelError('EINVAL', `a pin needs an absolute path, not ${JSON.stringify(path)}`, {
      facts: { path },
    });
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..'))
    throw new KernelError('EINVAL', `${JSON.stringify(path)} cannot be a pin`, { facts: { path } });
  if (parts.some((part) => part.length > 255))
    throw new KernelError('ENAMETOOLONG', `a name in ${path.slice(0, 40)}… has more than 255 bytes`);
  return `/${parts.join('/')}`;
}
