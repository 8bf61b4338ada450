import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './parse.js';

const parse = (text: string) => parseCommandLine(text.split(' ').filter(Boolean));
const command = (text: string): string => {
  const { wants } = parse(text);
  return wants.kind === 'command' ? [...wants.row.path, '|', ...wants.words].join(' ') : wants.kind;
};

describe('a command line', () => {
  test.each([
    ['p s', 'prog show |'],
    ['prog', 'prog show |'],
    ['prog list', 'prog show |'],
    ['p l', 'prog show |'],
    ['m d id 1', 'map dump | id 1'],
    ['map c /x type hash', 'map create | /x type hash'],
    ['m l id 1', 'map show | id 1'],
    ['m lo id 1', 'map lookup | id 1'],
    ['l d id 3', 'link detach | id 3'],
    ['n a xdp id 1 dev eth0', 'net attach | xdp id 1 dev eth0'],
    ['prog a id 1 netfilter ipv4 input priority -5', 'prog attach | id 1 netfilter ipv4 input priority -5'],
    ['r f.pcap --rate 10 --loop', 'replay | f.pcap'],
    ['exec --engine jit 0a', 'exec | --engine jit 0a'],
    ['-j exec --help', 'exec | --help'],
    ['map dump id 1 -j', 'map dump | id 1'],
    ['help', 'help'],
    ['', 'help'],
    ['map help', 'help'],
    ['prog load -h', 'help'],
    ['-V', 'version'],
  ])('%j is %j', (text, expected) => {
    expect(command(text)).toBe(expected);
  });

  test('has options anywhere, alone or together', () => {
    expect(parse('-jf map show')).toMatchObject({ json: true, pretty: false, showPins: true });
    expect(parse('map show -p')).toMatchObject({ json: true, pretty: true });
    expect(parse('--kernel=linux map show').kernel).toBe('linux');
    const { wants } = parse('replay x --rate=5 --dev lo');
    expect(wants.kind === 'command' && [...wants.options]).toEqual([
      ['rate', '5'],
      ['dev', 'lo'],
    ]);
  });

  test.each([
    ['map show --rate 5', "'map show' has no option --rate"],
    ['replay x --rate', '--rate needs a value'],
    ['replay x --loop=3', '--loop takes no value'],
    ['-x map', "unrecognized option '-x'"],
    ['mpa show', "there is no command 'mpa'"],
    ['map frob', "'map' has no command 'frob'"],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
