import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, formatIpv4, load, parseObject } from '../../src/index.js';
import { TRACER } from '../support/example-objects.js';

const ROOT = normalize(join(import.meta.dirname, '../..'));
const CHROMIUM = '/usr/bin/chromium';
const CAPTURE = 'examples/captures/connections.pcap';
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };
/** Chromium makes no connection of its own, and needs no sandbox of its own as root. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const installed = existsSync(CHROMIUM);
const why = installed ? '' : `(skipped: ${CHROMIUM} is not installed)`;

/** Serves the checkout on loopback, with or without the headers that isolate a page. */
function serve(isolated: boolean): Promise<Server> {
  const headers = isolated
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {};
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    try {
      const body = await readFile(join(ROOT, path));
      response
        .writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', ...headers })
        .end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The same in this process: what the browser must answer. */
async function countSynsHere(): Promise<Record<string, unknown>> {
  const engine = await Engine.create();
  const { maps, programs } = await load(parseObject(await readFile(join(ROOT, TRACER))), engine);
  const [program] = programs.values();
  await engine.attach(program!, { kind: 'tracepoint', name: 'tcp_v4_connect' });
  await engine.replay(await readFile(join(ROOT, CAPTURE)));
  const counts: Record<string, unknown> = {};
  for await (const [source, count] of maps.get('my_syn_counts')!)
    counts[formatIpv4(source as number)] = count;
  return counts;
}

describe.skipIf(!installed)(`the library in headless Chromium ${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(async () => {
    await browser.close();
  });

  test('compiles C to an object, and runs it', { timeout: 120_000 }, async () => {
    const server = await serve(false);
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/test/browser/page.html`);
      await page.waitForFunction('window.ready === true');
      const source = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
int seen;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	if (data + 14 > end)
		return XDP_DROP;
	seen++;
	return data[13] * 3 + seen;
}
char _license[] SEC("license") = "GPL";
`;
      const run = (text: string) =>
        page.evaluate(`window.compileAndRun(${JSON.stringify(text)}, ${JSON.stringify(Array(20).fill(5))})`);
      expect(await run(source)).toMatchObject({ text: '', returnValue: 16 });
      expect(await run(source.replace('seen++', 'sen++'))).toMatchObject({
        text: expect.stringContaining("prog.bpf.c:9:2: error: use of undeclared identifier 'sen'"),
      });
    } finally {
      server.close();
    }
  });

  for (const isolated of [true, false]) {
    test(`counts the SYNs of a capture ${isolated ? 'with shared memory on an isolated page' : 'on one CPU on an ordinary page'}`, async () => {
      const server = await serve(isolated);
      try {
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/test/browser/page.html`);
        await page.waitForFunction('window.ready === true');
        const answer = await page.evaluate(`window.countSyns('/${TRACER}', '/${CAPTURE}')`);
        const counts = await countSynsHere();
        expect(Object.keys(counts).length).toBeGreaterThan(0);
        expect(answer).toMatchObject({ isolated, shared: isolated, counts });
      } finally {
        server.close();
      }
    });
  }
});
