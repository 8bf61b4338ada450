import type { Program } from '../../kernel/kernel.js';
import { encodeKey } from '../../test-kit/maps.js';
import { CommandError } from '../failure.js';
import { parseNumber, type Words } from '../words.js';
import { disassembly } from './code.js';
import {
  args,
  backtrace,
  globals,
  list,
  map,
  maps,
  memory,
  packet,
  print,
  registers,
  stack,
} from './looking.js';
import { move, whereabouts } from './moving.js';
import type { Answer, DebugSession } from './session.js';
import { breakAt, remove, stops, watchEntry } from './stops.js';

/** One command of the debugger. The first name is the one that help shows; any may be shortened. */
export interface DebugCommand {
  readonly names: readonly [string, ...string[]];
  readonly usage?: string;
  readonly doc: string;
  readonly run: (session: DebugSession, words: Words, program: Program) => Answer | Promise<Answer>;
}

const count = (words: Words): number => (words.left === 0 ? 1 : words.number('a count'));

const MOVES: readonly DebugCommand[] = [
  {
    names: ['step', 's'],
    usage: '[N]',
    doc: 'to the next line, into functions',
    run: (session, words) => move(session, () => session.debug.stepLine(), count(words)),
  },
  {
    names: ['next', 'n'],
    usage: '[N]',
    doc: 'to the next line, over functions',
    run: (session, words) => move(session, () => session.debug.nextLine(), count(words)),
  },
  {
    names: ['stepi', 'si'],
    usage: '[N]',
    doc: 'one instruction',
    run: (session, words) => move(session, () => session.debug.stepInsn(), count(words), 'insn'),
  },
  {
    names: ['finish'],
    doc: 'until the function returns',
    run: (session) => move(session, () => session.debug.stepOut()),
  },
  {
    names: ['continue', 'c'],
    doc: 'to the next breakpoint or watched change, or the end',
    run: (session) => move(session, () => session.debug.continue()),
  },
  {
    names: ['reverse-step', 'rs'],
    usage: '[N]',
    doc: 'back to where the line before began, into functions',
    run: (session, words) => move(session, () => session.debug.stepBack(), count(words)),
  },
  {
    names: ['reverse-next', 'rn'],
    usage: '[N]',
    doc: 'the same, over functions',
    run: (session, words) => move(session, () => session.debug.nextBack(), count(words)),
  },
  {
    names: ['reverse-stepi', 'rsi'],
    usage: '[N]',
    doc: 'one instruction back',
    run: (session, words) => move(session, () => session.debug.stepInsnBack(), count(words), 'insn'),
  },
  {
    names: ['reverse-continue', 'rc'],
    doc: 'back to the last breakpoint or watched change, or the beginning',
    run: (session) => move(session, () => session.debug.continueBack()),
  },
  {
    names: ['run', 'r'],
    doc: 'begin anew with the packet as it was; maps stay as they are',
    run: (session) => {
      session.debug.restart();
      session.run = 1;
      session.lastFunction = '';
      return whereabouts(session, { reason: 'step' }, [], 'insn');
    },
  },
];

const STOPS: readonly DebugCommand[] = [
  {
    names: ['break', 'b'],
    usage: '{ FUNCTION | [FILE:]LINE | *INSN }',
    doc: 'stop there from now on',
    run: (session, words) => breakAt(session, words.take('a place')),
  },
  {
    names: ['watch'],
    usage: 'MAP { KEY | key DATA }',
    doc: 'stop when the entry changes; KEY is a number or an address',
    run: watchEntry,
  },
  { names: ['breakpoints'], doc: 'what it stops at', run: (session) => stops(session) },
  {
    names: ['delete', 'd'],
    usage: 'N',
    doc: 'no longer stop at breakpoint or watch N',
    run: (session, words) => remove(session, words.number('a number')),
  },
];

const LOOKS: readonly DebugCommand[] = [
  {
    names: ['print', 'p'],
    usage: 'NAME',
    doc: 'a register (r0), an argument or a global variable',
    run: (session, words) => print(session, words.take('a name')),
  },
  {
    names: ['registers', 'regs'],
    doc: 'all registers, with what the verifier knows of them',
    run: registers,
  },
  { names: ['args'], doc: 'the arguments of the function that runs', run: args },
  { names: ['globals'], doc: 'the variables of .data, .bss and .rodata', run: globals },
  { names: ['backtrace', 'bt'], doc: 'the functions that are active', run: backtrace },
  {
    names: ['stack'],
    usage: '[FRAME]',
    doc: 'the bytes of a frame’s stack that are not 0',
    run: (session, words) => stack(session, words.left === 0 ? 0 : words.number('a frame')),
  },
  { names: ['packet'], doc: 'the packet, field by field', run: packet },
  {
    names: ['x'],
    usage: '{ REGISTER | ADDRESS } [BYTES]',
    doc: 'bytes in memory; 16 unless said',
    run: (session, words) =>
      memory(session, takeAddress(session, words), words.left === 0 ? 16 : words.number('bytes', 65536)),
  },
  { names: ['maps'], doc: 'the maps that there are', run: maps },
  {
    names: ['map'],
    usage: 'MAP',
    doc: 'the entries of a map',
    run: (session, words) => map(session, words.take('the name of a map')),
  },
  {
    names: ['set'],
    usage: 'MAP KEY VALUE',
    doc: 'set an entry of a map; VALUE is a number or JSON',
    run: setEntry,
  },
  {
    names: ['list', 'l'],
    usage: '[LINE]',
    doc: 'the source around a line',
    run: (session, words) => list(session, words.left === 0 ? undefined : words.number('a line')),
  },
  {
    names: ['disassemble'],
    doc: 'the instructions of the function that runs',
    run: async (session, _, program) => disassembly(session, await program.xlated()),
  },
  {
    names: ['where'],
    doc: 'where the program stands',
    run: (session) => whereabouts(session, { reason: 'step' }, [], 'insn'),
  },
];

/** Every command, in the order in which abbreviations are resolved. `help` and `quit` are the prompt's own. */
export const DEBUG_COMMANDS: readonly DebugCommand[] = [...MOVES, ...STOPS, ...LOOKS];

function takeAddress({ debug }: DebugSession, words: Words): bigint {
  const word = words.take('a register or an address');
  const register = debug.registers().find(({ name }) => name === word.replace(/^\$/, ''));
  if (register !== undefined) return register.value;
  return BigInt(parseNumber(word, 'an address'));
}

function setEntry({ debug }: DebugSession, words: Words): Answer {
  const name = words.take('the name of a map');
  const typed = debug.map(name);
  const key = encodeKey(typed, words.take('a key'));
  const text = words.rest().join(' ');
  debug.set(name, key, typed.encodeValue(parseValue(text)));
  return { text: '', json: { map: name } };
}

function parseValue(text: string): unknown {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandError(`'${text}' is no value`, { hint: 'a number, or JSON: {"packets": 3}', cause });
  }
}
