import { helperById } from '../../../helpers/registry.js';
import { loadOf, mayStore, mayUse, viewOf } from '../../../hooks/access.js';
import type { StructAccess } from '../../../hooks/hook.js';
import { type Case, type Diagnosis, historyOfSubject, placeWords, sourceOf, subjectOf } from './pattern.js';

/** A register is read that nothing was written to, or that a call has cleared. */
export function registerNotSet(c: Case): Diagnosis | undefined {
  if (c.rejection.rule !== 'uninitialised-register') return undefined;
  const reg = subjectOf(c) as number;
  const cleared = historyOfSubject(c, reg).findLast(({ kind }) => kind === 'cleared');
  if (cleared !== undefined)
    return {
      lost: { text: `${placeWords(c, cleared.insn)}: r${reg} was ${cleared.text}`, insn: cleared.insn },
      fix: 'keep the value in r6 to r9 or on the stack across the call',
    };
  return {
    lost: { text: `nothing on this path writes r${reg}` },
    fix:
      reg === 0
        ? 'return a value on every path of the function'
        : 'give the variable a value on every path, best where it is declared; call a function with all arguments that it declares',
  };
}

/** The program returns what its hook has no meaning for. */
export function wrongReturn(c: Case): Diagnosis | undefined {
  if (c.rejection.rule !== 'return-value') return undefined;
  const { hook, attachType } = c.told.program;
  const returns = viewOf(hook, attachType)?.returns;
  if (returns === undefined) return undefined;
  const names = Object.entries(hook.verdicts ?? {})
    .filter(([value]) => Number(value) >= returns.min && Number(value) <= returns.max)
    .map(([value, name]) => `${name} (${value})`);
  const allowed = names.length === 0 ? `${returns.min} to ${returns.max}` : names.join(', ');
  const last = historyOfSubject(c, 0).at(-1);
  return {
    ...(last === undefined
      ? {}
      : {
          lost: {
            text: `${placeWords(c, last.insn)} gives r0 what is returned: ${last.text}`,
            insn: last.insn,
          },
        }),
    fix: `return one of ${allowed}`,
  };
}

/** The hook has no such helper. */
export function helperNotHere(c: Case): Diagnosis | undefined {
  const { rule, facts } = c.rejection;
  if (rule !== 'helper-not-allowed' || typeof facts['id'] !== 'number') return undefined;
  const helper = helperById(facts['id']);
  if (helper === undefined || helper.programs === 'all') return undefined;
  const own = c.told.program.hook.name;
  return {
    lost: { text: `the program is of type ${own}; ${helper.name} is for ${helper.programs.join(', ')}` },
    fix: `do without ${helper.name} here, or move the work to a program of one of those types`,
  };
}

/** Bytes of the context that this hook does not show, or does not let change. */
export function contextField(c: Case): Diagnosis | undefined {
  const { rule, facts } = c.rejection;
  const { hook, attachType } = c.told.program;
  const { ctx, name } = hook;
  const access = viewOf(hook, attachType)?.access;
  if (rule !== 'ctx-access' || typeof ctx.fields === 'string' || access === undefined) return undefined;
  const off = facts['off'] as number;
  const size = facts['size'] as number;
  const usable = ctx.fields.filter((each) => mayUse(access, each, 'read'));
  const field = ctx.fields.find((each) => off >= each.offset && off < each.offset + each.size);
  const writes = c.operation?.kind === 'store';
  const elsewhere = hook.views
    .filter((view) => view.access !== undefined && allowed(view.access, off, size, writes))
    .flatMap(({ attachTypes }) => attachTypes ?? []);
  if (field !== undefined && elsewhere.length > 0)
    return {
      lost: {
        text: `${field.name} of struct ${ctx.struct} cannot be ${writes ? 'written' : 'read'} by programs for ${attachType ?? 'no attach type'}`,
      },
      fix: `attach the program as ${elsewhere.join(' or ')}`,
    };
  if (field === undefined || (!writes && !usable.includes(field)))
    return {
      lost: { text: `no field that ${name} programs may use lies at byte ${off} of struct ${ctx.struct}` },
      fix: `use one of ${usable.map((each) => each.name).join(', ')}`,
    };
  if (writes && !mayUse(access, field, 'write')) {
    const writable = ctx.fields.filter((each) => mayUse(access, each, 'write')).map((each) => each.name);
    return {
      lost: { text: `${field.name} of struct ${ctx.struct} can only be read in ${name} programs` },
      fix: writable.length === 0 ? 'do not write to the context' : `write to one of ${writable.join(', ')}`,
    };
  }
  if (off !== field.offset || size !== field.size)
    return {
      lost: {
        text: `${field.name} is ${field.size} bytes at offset ${field.offset}; this is ${size} bytes at ${off}`,
      },
      fix: `load the whole of ${field.name} into a variable and take the part from there`,
    };
  return {
    lost: { text: `${field.name} of struct ${ctx.struct} cannot be used in this way in this program` },
    fix: 'use another field',
  };
}

function allowed(access: StructAccess, off: number, size: number, write: boolean): boolean {
  return write ? mayStore(access, off, size) : loadOf(access, off, size) !== undefined;
}

/** A loop that comes round with nothing changed. */
export function endlessLoop(c: Case): Diagnosis | undefined {
  if (c.rejection.rule !== 'infinite-loop') return undefined;
  const { steps } = c.told.trace;
  const before = steps.slice(0, -1).findLastIndex(({ insn }) => insn === c.rejection.insn);
  const round = before < 0 ? [] : steps.slice(before, steps.length - 1);
  const lines = [
    ...new Set(round.map(({ insn }) => sourceOf(c, insn)?.line).filter((line) => line !== undefined)),
  ];
  const where =
    lines.length === 0 ? `${round.length} instructions` : `lines ${lines.sort((a, b) => a - b).join(', ')}`;
  return {
    lost: { text: `one round through ${where} ended in the same state that it began with` },
    fix: 'count the rounds in a local variable and leave after a constant number of them; what memory holds does not count, since it may never change',
  };
}

/** A chain of calls uses more than the stack there is. */
export function deepStack(c: Case): Diagnosis | undefined {
  if (c.rejection.rule !== 'stack-depth') return undefined;
  const depths = [...c.told.finish.depths].sort((a, b) => b.bytes - a.bytes).filter(({ bytes }) => bytes > 0);
  const words = depths.map(({ name, bytes }) => `${name} ${bytes}`).join(', ');
  return {
    lost: { text: `bytes of stack by function, before they are rounded up to 16: ${words}` },
    fix: `make the variables of ${depths[0]?.name} smaller, or keep them in a per-CPU array map of one entry`,
  };
}

/** The helper is for programs with another licence. */
export function licence(c: Case): Diagnosis | undefined {
  if (c.rejection.rule !== 'helper-gpl') return undefined;
  const { license } = c.told.program;
  return {
    lost: { text: `the program declares the licence "${license}"` },
    fix: 'declare a compatible one: char LICENSE[] SEC("license") = "GPL";',
  };
}
