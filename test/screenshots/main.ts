/** Takes the pictures of the README: starts the servers, Node-RED and the browser, and goes through the scenes. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeBrowser, openBrowser } from '../support/browser';
import { EditorPage } from '../support/editor-page';
import { startMosquitto } from '../support/mosquitto';
import { type FlowNode, startNodeRed } from '../support/own-node-red';
import { packageRoot } from '../support/package-root';
import { startRedis } from '../support/redis-server';
import { type Scene, scenes } from './scenes';

const IMAGES = join(packageRoot, 'docs', 'images');
const MQTT_PORT = 1883;
const REDIS_PORT = 6379;
/** Pictures are twice as fine as they are shown. */
const SCALE = 2;

async function main(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const broker = await startMosquitto({ port: MQTT_PORT });
  const redis = await startRedis({ port: REDIS_PORT });
  try {
    for (const scene of scenes) await take(scene, { broker, redis });
  } finally {
    await closeBrowser();
    await redis.stop();
    await broker.stop();
  }
}

async function take(scene: Scene, servers: Parameters<Scene['play']>[1]): Promise<void> {
  const { examples = [], flows = [] } = scene;
  const nodeRed = await startNodeRed({ flows: [...examples.flatMap(readExample), ...flows] });
  const browser = await openBrowser();
  const context = await browser.newContext({ locale: 'en-US', viewport: scene.viewport, deviceScaleFactor: SCALE });
  try {
    const editor = new EditorPage(await context.newPage());
    await editor.load(nodeRed.url);
    const shown = await scene.play(editor, servers);
    await shown.screenshot({ path: join(IMAGES, `${scene.name}.png`) });
    editor.assertQuiet();
    console.log(`docs/images/${scene.name}.png`);
  } finally {
    await context.close();
    await nodeRed.stop();
  }
}

function readExample(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(packageRoot, 'examples', `${name}.json`), 'utf8')) as FlowNode[];
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
