/** What a page complains of, gathered from the moment it is made: the tests of the editor fail on any of it. */
import type { Page } from 'playwright-core';

/** A page that is closed or reloaded gives up what it had asked for. */
const GIVEN_UP = 'net::ERR_ABORTED';
/** What the editor logs when it catches what a node type's code has thrown, or when it was used wrongly. */
const CAUGHT =
  /^(on[a-z]+ |Definition error|Validation error|Deprecated API|Unknown type|Error |\w*Error\b|.* at \S+ \()/;

/** The debug sidebar of Node-RED stumbles over messages of nodes that the editor hasn't loaded yet, or no longer has. */
const EARLY_DEBUG = [
  /^console: Uncaught error from RED\.comms\.subscribe: TypeError: Cannot read properties of undefined \(reading '(name|label)'\)/,
  /^console: TypeError: .*\n(.*\n)*?.*\bhandleDebugMessage\b/,
];

/**
 * Node-RED 5 shows a tip one second after it has begun to load, and stumbles if its sidebar, which waits for the keymap,
 * isn't there by then. That is a timer of the editor's own: nobody else is in the stack.
 */
const EARLY_TIP =
  /^exception: TypeError: Cannot read properties of undefined \(reading 'html'\)\n\s+at \w+ \(\S+\/red\/red\.min\.js\S*\)$/;

export class PageComplaints {
  readonly #complaints: string[] = [];
  readonly #allowed: readonly RegExp[];

  /** @param allowed complaints that are not counted; each needs a reason where it is given */
  constructor(page: Page, allowed: readonly RegExp[]) {
    this.#allowed = [...EARLY_DEBUG, EARLY_TIP, ...allowed];
    page.on('console', (message) => {
      const isComplaint = ['error', 'warning'].includes(message.type()) || CAUGHT.test(message.text());
      if (isComplaint) this.#add(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#add(`exception: ${error.stack ?? error.message}`));
    page.on('crash', () => this.#add('the page has crashed'));
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      const isLocal = hostname === '127.0.0.1' || ['data:', 'blob:', 'about:'].includes(protocol);
      if (!isLocal) this.#add(`request to another machine: ${request.url()}`);
    });
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'unknown';
      if (reason !== GIVEN_UP) this.#add(`request failed: ${request.method()} ${request.url()}: ${reason}`);
    });
    page.on('response', (answer) => {
      if (answer.status() >= 400) this.#add(`answer ${answer.status()}: ${answer.request().method()} ${answer.url()}`);
    });
  }

  get all(): readonly string[] {
    return this.#complaints;
  }

  #add(complaint: string): void {
    // Of a stack, what is ours comes first; the editor itself is minified.
    const short = complaint.split('\n').slice(0, 4).join('\n');
    if (!this.#allowed.some((pattern) => pattern.test(complaint))) this.#complaints.push(short);
  }
}
