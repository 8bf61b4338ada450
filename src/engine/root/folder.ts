import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The folder of the root: `SKEP_ROOT`, or `skep` in the user's state directory (`XDG_STATE_HOME`, by default
 * `~/.local/state`; `~/Library/Application Support` on macOS; `%LOCALAPPDATA%` on Windows).
 */
export function rootFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const chosen = env['SKEP_ROOT'];
  if (chosen) return resolve(chosen);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'skep');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'skep');
  const state = env['XDG_STATE_HOME'];
  // The XDG base directory specification says to ignore relative paths.
  return join(state && isAbsolute(state) ? state : join(home, '.local', 'state'), 'skep');
}
