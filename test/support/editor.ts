/**
 * For the browser tests: `useEditor()` in a `describe` gives its tests a Node-RED and pages of its editor. Without own
 * settings they share one Node-RED, each with the flows it gives and a browser profile of its own.
 */
import { closeBrowser, openBrowser } from './browser';
import { EditorPage } from './editor-page';
import { type FlowNode, type NodeRed, type NodeRedOptions, startNodeRed } from './own-node-red';

export interface OpenOptions {
  /** What is deployed before the editor is opened; all that was there before is gone. @default the flows that are there */
  readonly flows?: readonly FlowNode[];
  /** Complaints of the page that don't fail the test; say why. */
  readonly allowed?: readonly RegExp[];
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Language of the browser. @default en-US */
  readonly locale?: string;
  /** Is the editor loaded? Otherwise the page is empty. @default true */
  readonly load?: boolean;
}

export interface Editor {
  /** The Node-RED, started when first asked for. */
  nodeRed(): Promise<NodeRed>;
  /** Opens the editor in a fresh browser profile. */
  open(options?: OpenOptions): Promise<EditorPage>;
}

let shared: Promise<NodeRed> | undefined;
/** The suites that are still to come: the last one closes the browser and the shared Node-RED. */
let suites = 0;

async function closeShared(): Promise<void> {
  const stopping = shared;
  shared = undefined;
  await closeBrowser();
  await (await stopping)?.stop();
}

// Suites that are not run (`--grep`) don't count down.
after(async function () {
  this.timeout(60_000);
  await closeShared();
});

/** For the tests of the surrounding `describe`. With options it has a Node-RED of its own. */
export function useEditor(options?: NodeRedOptions): Editor {
  suites += 1;
  let own: Promise<NodeRed> | undefined;
  const pages: EditorPage[] = [];

  const nodeRed = async (): Promise<NodeRed> => {
    if (options !== undefined) return (own ??= startNodeRed(options));
    return (shared ??= startNodeRed());
  };

  const open = async ({ flows, allowed = [], load = true, ...context }: OpenOptions = {}): Promise<EditorPage> => {
    const instance = await nodeRed();
    if (flows !== undefined) await instance.deploy(flows);
    const browser = await openBrowser();
    const fresh = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...context });
    const page = new EditorPage(await fresh.newPage(), allowed);
    pages.push(page);
    if (load) await page.load(instance.url);
    return page;
  };

  afterEach(async function () {
    this.timeout(30_000);
    const opened = pages.splice(0);
    try {
      for (const page of opened) page.assertQuiet();
    } finally {
      await Promise.all(opened.map(({ page }) => page.context().close()));
    }
  });

  after(async function () {
    this.timeout(60_000);
    suites -= 1;
    await (await own)?.stop();
    own = undefined;
    if (suites === 0) await closeShared();
  });

  return { nodeRed, open };
}
