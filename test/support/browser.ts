/** One headless Chromium for all tests of this process, started by the first that needs it. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { packageRoot } from './package-root';

/** No sandbox: it needs privileges that containers lack, and only pages of our own are opened. Nothing asks the internet. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | undefined;

/** The browser; see `closeBrowser`. */
export function openBrowser(): Promise<Browser> {
  browser ??= launch();
  return browser;
}

export async function closeBrowser(): Promise<void> {
  const closing = browser;
  browser = undefined;
  await (await closing)?.close();
}

async function launch(): Promise<Browser> {
  const setUp = pathToFileURL(join(packageRoot, 'scripts', 'lib', 'set-up.mjs')).href;
  const { findServer } = (await import(setUp)) as { findServer: (name: string) => string | undefined };
  const executablePath = findServer('chromium');
  if (executablePath === undefined) throw new Error('Chromium is missing; "npm test" installs it or says how to.');
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
