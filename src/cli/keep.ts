import type { Kernel, Link } from '../kernel/kernel.js';
import { doing } from './failure.js';
import type { Output } from './output.js';

/** Lets what a command attached outlive it, and says where it is kept when that is anywhere. */
export async function keepAttached(kernel: Kernel, link: Link, out: Output): Promise<void> {
  let path: string | undefined;
  try {
    path = await doing('failed to keep the link', () => kernel.keep(link));
  } catch (error) {
    // What nobody could find again must not stay.
    await link.detach();
    throw error;
  }
  if (path === undefined) return;
  if (!out.json) out.write(`link ${link.id}, kept at ${path} until: skep link detach id ${link.id}\n`);
}
