import { Debugger } from '../../debug/index.js';
import { Engine } from '../../engine/engine.js';
import { load } from '../../kernel/load.js';
import type { ObjectSpec } from '../../object/spec.js';
import type { Run } from '../context.js';
import { whereabouts } from '../debug/moving.js';
import { prompt } from '../debug/prompt.js';
import { DebugSession } from '../debug/session.js';
import { CommandError } from '../failure.js';
import { readInput } from '../files.js';
import { expectPrograms, readObject } from '../load.js';
import { didYouMean } from '../usage.js';
import type { Words } from '../words.js';

const KEYWORDS = ['data_in', 'ctx_in', 'repeat'] as const;

/** Debugs in an engine of its own: the root stays as it is. */
export const run: Run = async ({ words, out, kernel }) => {
  if (kernel === 'linux')
    throw new CommandError('programs are debugged in the engine, not in Linux', {
      hint: 'Leave out --kernel linux.',
    });
  const file = words.take('an object file');
  const spec = await readObject(file);
  expectPrograms(spec, file);
  const name = programName(words, spec);
  const { data, ctx, repeat } = await takeInput(words);
  const engine = await Engine.create();
  // Time stands still, so that what is taken back and done again goes the same way.
  engine.memory.pinClock(BigInt(Math.round(performance.now() * 1e6)));
  const object = await load(spec, engine, { programs: [...new Set([name, ...tailCalled(spec)])] });
  const program = object.program(name);
  const { type } = await program.info();
  const debug = await Debugger.create(engine, program, {
    ...(data === undefined ? {} : { data }),
    ...(ctx === undefined ? {} : { ctx }),
  });
  try {
    const colour = out.isTerminal && !process.env['NO_COLOR'];
    const session = new DebugSession(debug, type, { colour, repeat });
    out.handOver();
    return await prompt(session, program, out, whereabouts(session, { reason: 'step' }, [], 'insn'));
  } finally {
    await debug.close();
    await object.close();
    await engine.close();
  }
};

/** Programs that stand in the object's program arrays. */
function tailCalled(spec: ObjectSpec): string[] {
  const initial = spec.maps.flatMap((map) => map.initial ?? []);
  return initial.filter(({ refKind }) => refKind === 'program').map(({ ref }) => ref);
}

function programName(words: Words, spec: ObjectSpec): string {
  const names = spec.programs.map(({ name }) => name);
  const next = words.peek();
  if (next === undefined || (KEYWORDS as readonly string[]).includes(next)) {
    const [only] = names;
    if (only !== undefined && names.length === 1) return only;
    throw new CommandError('the object has several programs: say which', {
      hint: `It has ${names.join(', ')}.`,
    });
  }
  const name = words.take('the name of a program');
  if (!names.includes(name))
    throw new CommandError(`the object has no program named ${name}`, didYouMean(name, names));
  return name;
}

async function takeInput(words: Words): Promise<{ data?: Uint8Array; ctx?: Uint8Array; repeat: number }> {
  const input: { data?: Uint8Array; ctx?: Uint8Array; repeat: number } = { repeat: 1 };
  while (words.left > 0) {
    switch (words.keyword(KEYWORDS)) {
      case 'data_in':
        input.data = await readInput(words.take('a file'));
        break;
      case 'ctx_in':
        input.ctx = await readInput(words.take('a file'));
        break;
      case 'repeat':
        input.repeat = words.number('repeat number');
    }
  }
  return input;
}
